import type { Settings } from "../settings.ts";

type InternalPorts = Settings["ports"]["internal"];

/** How a route treats the caller's key. */
export type KeyHandling =
  /** The key becomes the JWT behind it; a user's token wins. */
  | "exchange"
  /** The caller's headers stay; the exchanged token goes into `sb-api-key`. */
  | "beside"
  /** Nothing is touched: links in mails carry no key. */
  | "open";

interface Route {
  /** Path below which everything goes to this upstream, without the path itself. */
  readonly prefix: string;
  readonly upstream: keyof InternalPorts;
  readonly keys: KeyHandling;
  /** Milliseconds the upstream may stay silent. */
  readonly timeout: number;
  /** Milliseconds that a request which changes nothing waits for an upstream that is being brought back. */
  readonly patience: number;
  /** Whether CORS, preflight requests included, is the upstream's own business. */
  readonly ownCors: boolean;
}

const usual = { keys: "exchange", timeout: 60_000, patience: 0, ownCors: false } as const;

/** The first prefix that fits wins. A new service is one more line. */
const routes: readonly Route[] = [
  ...["/verify", "/callback", "/authorize", "/.well-known"].map(
    (path) => ({ ...usual, prefix: `/auth/v1${path}`, upstream: "auth", keys: "open" }) as const,
  ),
  { ...usual, prefix: "/auth/v1", upstream: "auth" },
  { ...usual, prefix: "/rest/v1", upstream: "postgrest" },
  // Clients that ask how far an upload is and are told 503 give it up and begin anew.
  { ...usual, prefix: "/storage/v1/upload/resumable", upstream: "storage", patience: 10_000 },
  { ...usual, prefix: "/storage/v1", upstream: "storage" },
  { ...usual, prefix: "/realtime/v1", upstream: "realtime" },
  {
    prefix: "/functions/v1",
    upstream: "functions",
    keys: "beside",
    // The runtime itself gives up after 150 s; its answer says more than ours would.
    timeout: 155_000,
    patience: 0,
    ownCors: true,
  },
];

const service = /^\/[a-z]+\/v1/;

/** A route with what it makes of one request target. */
export interface Destination extends Route {
  /** The service's public root, such as `/rest/v1`. */
  readonly root: string;
  /** Path and query as the upstream expects them. */
  readonly target: string;
}

/** Finds who answers a request target such as `/rest/v1/tasks?select=id`. */
export function route(target: string): Destination | undefined {
  const path = pathOf(target);
  const found = routes.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
  if (found === undefined) return undefined;
  const root = service.exec(path)?.[0] ?? "";
  const rest = target.slice(root.length);
  return { ...found, root, target: rest.startsWith("/") ? rest : `/${rest}` };
}

/** The target without its query, which may hold tokens. */
export function pathOf(target: string): string {
  const end = target.indexOf("?");
  return end < 0 ? target : target.slice(0, end);
}
