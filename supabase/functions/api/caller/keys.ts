import {
  type CryptoKey,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  type JWTVerifyGetKey,
} from "jose";

/** The one key type each accepted algorithm may use: a public key can never pass for an HMAC secret. */
const keyTypeOf: Readonly<Record<string, string>> = { HS256: "oct", RS256: "RSA", ES256: "EC" };

export const algorithms = Object.keys(keyTypeOf);

/** An unknown key id is looked up again, but not more often than this. */
const refetchMs = 60_000;

type Keys = readonly JWK[];

/**
 * Finds the key of a token: among those of SUPABASE_JWKS, else among those that Auth publishes (it may
 * have rotated since the function was deployed).
 */
export function keyFinder(given: Keys, fetchKeys: () => Promise<Keys>): JWTVerifyGetKey {
  const imported = new Map<JWK, Promise<CryptoKey | Uint8Array>>();
  let published: Promise<Keys> = Promise.resolve([]);
  let fetchedAt = Number.NEGATIVE_INFINITY;

  const current = (): Promise<Keys> => {
    if (performance.now() - fetchedAt >= refetchMs) {
      fetchedAt = performance.now();
      const previous = published;
      published = fetchKeys().catch(() => previous);
    }
    return published;
  };

  return async (header) => {
    const jwk = select(given, header) ?? select(await current(), header);
    if (jwk === undefined) throw new Error("No key fits this token.");
    const key = imported.get(jwk) ?? importJWK(jwk, header.alg);
    imported.set(jwk, key);
    return key;
  };
}

function select(keys: Keys, { alg, kid }: JWTHeaderParameters): JWK | undefined {
  const usable = keys.filter((key) => key.kty === keyTypeOf[alg] && (key.alg ?? alg) === alg);
  // Tokens signed with the legacy secret carry no key id, and that secret has none either.
  return usable.find((key) => key.kid === kid) ?? usable.find((key) => key.kid === undefined);
}
