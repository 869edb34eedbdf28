import type { Settings } from "../settings.ts";

/** How a route treats the caller's key. */
export type KeyHandling =
  /** The key becomes the JWT behind it; a user's token wins. */
  | "exchange"
  /** The caller's headers stay; the exchanged token goes into `sb-api-key`. */
  | "beside"
  /** Nothing is touched: links in mails carry no key. */
  | "open";

export interface Upstream {
  readonly name: string;
  readonly port: number;
  /** Path and query as the upstream expects them. */
  readonly path: string;
  readonly keys: KeyHandling;
  /** Milliseconds the upstream may stay silent. */
  readonly timeout: number;
  /** Whether preflight requests are the upstream's own business. */
  readonly ownCors: boolean;
}

/** A service of Supabase that this stack does not have. */
export interface Missing {
  readonly missing: string;
}

const openAuthPaths = new Set(["/verify", "/callback", "/authorize", "/.well-known/jwks.json"]);
const absent: Readonly<Record<string, string>> = {
  "/storage/v1": "Storage",
  "/realtime/v1": "Realtime",
  "/graphql/v1": "GraphQL",
};

/** Finds who answers a request target such as `/rest/v1/tasks?select=id`. */
export function route(
  target: string,
  ports: Settings["ports"]["internal"],
): Upstream | Missing | undefined {
  const [path = "", query] = split(target);
  const below = (prefix: string): string | undefined => {
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
    return path.slice(prefix.length) || "/";
  };
  const upstream = (name: string, port: number, rest: string, more: Partial<Upstream> = {}) => ({
    name,
    port,
    path: rest + query,
    keys: "exchange" as const,
    timeout: 60_000,
    ownCors: false,
    ...more,
  });

  const auth = below("/auth/v1");
  if (auth !== undefined) {
    const keys = openAuthPaths.has(auth) ? "open" : "exchange";
    return upstream("auth", ports.auth, auth, { keys });
  }
  const rest = below("/rest/v1");
  if (rest !== undefined) return upstream("rest", ports.postgrest, rest);
  const functions = below("/functions/v1");
  if (functions !== undefined) {
    const more = { keys: "beside", timeout: 150_000, ownCors: true } as const;
    return upstream("functions", ports.functions, functions, more);
  }
  for (const [prefix, missing] of Object.entries(absent)) {
    if (below(prefix) !== undefined) return { missing };
  }
  return undefined;
}

/** Path and query; the query keeps its question mark, so that the two add up to the target. */
function split(target: string): readonly [string, string] {
  const at = target.indexOf("?");
  return at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at)];
}
