import type { IncomingHttpHeaders } from "node:http";
import type { Keys } from "../keys.ts";

/**
 * The `Authorization` that an upstream gets: a user's token as it is, else the JWT behind the API key,
 * else the key itself, for callers that still use JWTs as keys.
 */
export function exchange(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  keys: Pick<Keys, "publishableKey" | "secretKey" | "anonJwt" | "serviceRoleJwt">,
): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined && !authorization.startsWith("Bearer sb_")) return authorization;
  const key = header(headers, "apikey") ?? query.get("apikey") ?? undefined;
  switch (key ?? authorization?.slice("Bearer ".length)) {
    case keys.secretKey:
      return `Bearer ${keys.serviceRoleJwt}`;
    case keys.publishableKey:
      return `Bearer ${keys.anonJwt}`;
    default:
      return key;
  }
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
