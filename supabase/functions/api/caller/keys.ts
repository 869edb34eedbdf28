import {
  type CryptoKey,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  type JWTVerifyGetKey,
} from "jose";

/** The key type of each accepted algorithm, so that a public key is never used as an HMAC secret. */
const keyTypeOf: Readonly<Record<string, string>> = { HS256: "oct", RS256: "RSA", ES256: "EC" };

export const algorithms = Object.keys(keyTypeOf);

/** Unknown key ids cause the keys to be fetched again, at most once in this time. */
const refetchMs = 60_000;

type Keys = readonly JWK[];

/**
 * Finds the key of a token: in SUPABASE_JWKS, otherwise among the keys that Auth publishes, which may have
 * been rotated since the function was deployed.
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
    if (jwk === undefined) throw new Error("No key matches this token.");
    const key = imported.get(jwk) ?? importJWK(jwk, header.alg);
    imported.set(jwk, key);
    return key;
  };
}

function select(keys: Keys, { alg, kid }: JWTHeaderParameters): JWK | undefined {
  const usable = keys.filter((key) => key.kty === keyTypeOf[alg] && (key.alg ?? alg) === alg);
  // Tokens signed with the legacy secret have no key id, nor does that secret.
  return usable.find((key) => key.kid === kid) ?? usable.find((key) => key.kid === undefined);
}
