/**
 * Who may call from a browser. Callers carry a token in a header and no cookie, so credentials are never
 * allowed; an origin that is not on the list gets no CORS header, and the browser keeps the answer to itself.
 */
export interface CorsPolicy {
  readonly allows: (origin: string) => boolean;
}

const loopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** `CORS_ORIGINS` is a comma-separated list of origins; without one, only pages on this machine may call. */
export function corsPolicy(origins: string | undefined): CorsPolicy {
  const listed = new Set(
    (origins ?? "")
      .split(",")
      .map((origin) => origin.trim().replace(/\/$/, ""))
      .filter((origin) => origin !== ""),
  );
  return {
    allows: listed.size > 0 ? (origin) => listed.has(origin) : (origin) => loopback.test(origin),
  };
}

const requestHeaders =
  "authorization, apikey, content-type, prefer, idempotency-key, x-client-info, x-request-id";
const responseHeaders =
  "allow, preference-applied, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id";

/** Adds what the browser needs to see; `preflight` also says what it may send. */
export function addCors(policy: CorsPolicy, request: Request, headers: Headers): void {
  headers.append("vary", "Origin");
  const origin = request.headers.get("origin");
  if (origin === null || !policy.allows(origin)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", responseHeaders);
  if (request.method !== "OPTIONS") return;
  headers.set("access-control-allow-headers", requestHeaders);
  headers.set("access-control-allow-methods", headers.get("allow") ?? "GET, POST, PUT, DELETE");
  headers.set("access-control-max-age", "600");
}
