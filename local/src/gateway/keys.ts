import type { IncomingHttpHeaders } from "node:http";
import { single } from "../http/headers.ts";
import type { Keys } from "../keys.ts";

type ApiKeys = Pick<Keys, "publishableKey" | "secretKey" | "anonJwt" | "serviceRoleJwt">;

/**
 * Returns the `Authorization` header for an upstream: the user's token if there is one, otherwise the JWT for
 * the API key, otherwise the key itself, because legacy keys are JWTs. Undefined if there is no key.
 */
export function authorizationFor(headers: IncomingHttpHeaders, keys: ApiKeys): string | undefined {
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

/** Returns the JWT for a key in a query. Other values, such as legacy keys that are JWTs, stay as they are. */
export function jwtForKey(key: string, keys: ApiKeys): string {
  if (key === keys.secretKey) return keys.serviceRoleJwt;
  return key === keys.publishableKey ? keys.anonJwt : key;
}

/** Whether a browser sent the secret key. Hosted Supabase rejects this, because the key has leaked. */
export function isSecretKeyInBrowser(headers: IncomingHttpHeaders, keys: ApiKeys): boolean {
  if (!headers["user-agent"]?.startsWith("Mozilla/")) return false;
  const { authorization } = headers;
  return (
    single(headers, "apikey") === keys.secretKey || authorization === `Bearer ${keys.secretKey}`
  );
}
