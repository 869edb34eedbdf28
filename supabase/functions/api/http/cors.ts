/**
 * Which origins may call from a browser. Callers send a token in a header and no cookie, so credentials are
 * never allowed. An origin that is not on the list gets no CORS header, and its browser hides the response.
 */
export interface CorsPolicy {
  readonly allows: (origin: string) => boolean;
}

const loopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** `CORS_ORIGINS` is a comma-separated list of origins. Without it only pages on this machine may call. */
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

/** Adds the CORS headers. The response to a preflight request also lists what may be sent. */
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
