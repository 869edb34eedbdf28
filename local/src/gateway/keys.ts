import type { IncomingHttpHeaders } from "node:http";
import { single } from "../http/headers.ts";
import type { Keys } from "../keys.ts";

type ApiKeys = Pick<Keys, "publishableKey" | "secretKey" | "anonJwt" | "serviceRoleJwt">;

/**
 * The `Authorization` that an upstream gets: a user's token as it is, else the JWT behind the API key,
 * else the key itself, for callers that still use JWTs as keys. `undefined` leaves what the caller sent.
 */
export function exchange(headers: IncomingHttpHeaders, keys: ApiKeys): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined && !authorization.startsWith("Bearer sb_")) return authorization;
  const key = single(headers, "apikey");
  switch (key) {
    case keys.secretKey:
      return `Bearer ${keys.serviceRoleJwt}`;
    case keys.publishableKey:
      return `Bearer ${keys.anonJwt}`;
    default:
      return key;
  }
}

/** The JWT that a key in a query stands for; a JWT stands for itself. */
export function keyBehind(key: string, keys: ApiKeys): string {
  if (key === keys.secretKey) return keys.serviceRoleJwt;
  return key === keys.publishableKey ? keys.anonJwt : key;
}

/** A secret key in a browser is a leak; hosted Supabase refuses it, and so it fails here already. */
export function leaksSecret(headers: IncomingHttpHeaders, keys: ApiKeys): boolean {
  if (!headers["user-agent"]?.startsWith("Mozilla/")) return false;
  const { authorization } = headers;
  return (
    single(headers, "apikey") === keys.secretKey || authorization === `Bearer ${keys.secretKey}`
  );
}
