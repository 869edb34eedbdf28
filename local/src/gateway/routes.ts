import type { Settings } from "../settings.ts";

type InternalPorts = Settings["ports"]["internal"];

/** How a route treats the caller's key. */
export type KeyHandling =
  /** The JWT for the key goes into `Authorization`, unless there is a user's token. */
  | "exchange"
  /** The JWT goes into `sb-api-key`; the caller's `Authorization` stays. */
  | "separate-header"
  /** Headers stay as they are: links in emails have no key. */
  | "none";

interface Route {
  /** Requests to this path and below it use the route. */
  readonly prefix: string;
  readonly upstream: keyof InternalPorts;
  readonly keys: KeyHandling;
  /** Milliseconds the upstream can stay silent. */
  readonly timeout: number;
  /** Milliseconds to retry GET and HEAD while the upstream restarts. */
  readonly retryFor: number;
  /** Whether the upstream handles CORS itself, including preflight requests. */
  readonly ownCors: boolean;
}

const defaults = { keys: "exchange", timeout: 60_000, retryFor: 0, ownCors: false } as const;

/** The first matching prefix wins. */
const routes: readonly Route[] = [
  ...["/verify", "/callback", "/authorize", "/.well-known"].map(
    (path) => ({ ...defaults, prefix: `/auth/v1${path}`, upstream: "auth", keys: "none" }) as const,
  ),
  { ...defaults, prefix: "/auth/v1", upstream: "auth" },
  { ...defaults, prefix: "/rest/v1", upstream: "postgrest" },
  // TUS clients that get 503 when they ask for an upload's offset start the upload again from the beginning.
  { ...defaults, prefix: "/storage/v1/upload/resumable", upstream: "storage", retryFor: 10_000 },
  { ...defaults, prefix: "/storage/v1", upstream: "storage" },
  { ...defaults, prefix: "/realtime/v1", upstream: "realtime" },
  {
    prefix: "/functions/v1",
    upstream: "functions",
    keys: "separate-header",
    // The functions runtime times out after 150 s, with a more specific error.
    timeout: 155_000,
    retryFor: 0,
    ownCors: true,
  },
];

const service = /^\/[a-z]+\/v1/;

/** A route and how it applies to one request target. */
export interface Destination extends Route {
  /** The service's public root, such as `/rest/v1`. */
  readonly root: string;
  /** Path and query as the upstream expects them. */
  readonly target: string;
}

/** Finds the route of a request target such as `/rest/v1/tasks?select=id`. */
export function route(target: string): Destination | undefined {
  const path = pathOf(target);
  const found = routes.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
  if (found === undefined) return undefined;
  const root = service.exec(path)?.[0] ?? "";
  const rest = target.slice(root.length);
  return { ...found, root, target: rest.startsWith("/") ? rest : `/${rest}` };
}

/** Returns the target without its query, which can contain tokens. */
export function pathOf(target: string): string {
  const end = target.indexOf("?");
  return end < 0 ? target : target.slice(0, end);
}
