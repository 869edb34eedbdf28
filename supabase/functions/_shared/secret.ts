import { timingSafeEqual } from "@std/crypto/timing_safe_equal.js";

/** Whether two secrets are equal. How long it takes does not depend on where they differ. */
export async function sameSecret(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  return timingSafeEqual(a, b);
}

/** Digests all have one length, so that the length of the secret is not revealed either. */
const digest = (text: string): Promise<ArrayBuffer> =>
  crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));

/** Whether the request has one of the project's secret keys as its bearer token. */
export async function hasSecretKey(headers: Headers, keys: readonly string[]): Promise<boolean> {
  const [, given = ""] = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
  const matches = await Promise.all(keys.map((key) => sameSecret(given, key)));
  return matches.includes(true);
}
