import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalJWKSet, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Settings } from "../settings.ts";
import { AuthError } from "./errors.ts";

/** Signs access tokens and verifies bearer tokens, with the shared secret or with the project's key pairs. */
export interface Signer {
  sign(claims: JWTPayload): Promise<string>;
  verify(token: string): Promise<JWTPayload>;
  /** The public keys for `/.well-known/jwks.json`. Never includes the shared secret. */
  readonly publicKeys: readonly JWK[];
}

export async function createSigner(settings: Settings): Promise<Signer> {
  const secret = new TextEncoder().encode(settings.keys.jwtSecret);
  const pairs = await readPairs(settings);
  const publicKeys = pairs.map(publicHalf);
  const keySet = createLocalJWKSet({ keys: publicKeys });
  const [pair] = pairs;
  const signingKey = pair === undefined ? secret : await importJWK(signingHalf(pair));
  const header =
    pair === undefined
      ? { alg: "HS256", typ: "JWT" }
      : { alg: pair.alg ?? "ES256", typ: "JWT", ...(pair.kid ? { kid: pair.kid } : {}) };

  return {
    publicKeys,
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(signingKey),
    async verify(token) {
      try {
        // API keys are always signed with the shared secret, even when key pairs sign access tokens.
        const verified = await jwtVerify(token, secret, { algorithms: ["HS256"] }).catch(
          async (error) => {
            if (pair === undefined) throw error;
            return jwtVerify(token, keySet);
          },
        );
        return verified.payload;
      } catch (error) {
        const { message } = error as Error;
        const text = `invalid JWT: unable to parse or verify signature, ${message}`;
        throw new AuthError(403, "bad_jwt", text);
      }
    },
  };
}

async function readPairs(settings: Settings): Promise<readonly JWK[]> {
  const path = settings.config.auth.signing_keys_path;
  if (path === undefined || path === "") return [];
  const file = join(settings.projectDir, "supabase", path);
  const pairs = JSON.parse(await readFile(file, "utf8")) as JWK[];
  for (const { alg, d } of pairs) {
    if ((alg !== "ES256" && alg !== "RS256") || d === undefined) {
      throw new Error(`${file}: each signing key must be a private key for ES256 or RS256.`);
    }
  }
  return pairs;
}

/** Narrows `key_ops`: the CLI writes `sign` and `verify`, which one key cannot have both. */
const signingHalf = (pair: JWK): JWK => ({ ...pair, key_ops: ["sign"] });

function publicHalf(pair: JWK): JWK {
  const { kty, kid, use, alg, crv, x, y, n, e } = pair;
  const published = { kty, kid, use, alg, crv, x, y, n, e, key_ops: ["verify"] };
  return Object.fromEntries(
    Object.entries(published).filter(([, value]) => value !== undefined),
  ) as JWK;
}
