import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalJWKSet, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Settings } from "../settings.ts";
import { AuthError } from "./errors.ts";

/** Signs access tokens and verifies bearers: with the shared secret, or with the project's own key pairs. */
export interface Signer {
  sign(claims: JWTPayload): Promise<string>;
  verify(token: string): Promise<JWTPayload>;
  /** The public keys, for `/.well-known/jwks.json`. A shared secret is never among them. */
  readonly publicKeys: readonly JWK[];
}

export async function createSigner(settings: Settings): Promise<Signer> {
  const secret = new TextEncoder().encode(settings.keys.jwtSecret);
  const pairs = await readPairs(settings);
  const publicKeys = pairs.map(publicHalf);
  const keySet = createLocalJWKSet({ keys: publicKeys });
  const [pair] = pairs;
  const signingKey = pair === undefined ? secret : await importJWK(pair);
  const header =
    pair === undefined
      ? { alg: "HS256", typ: "JWT" }
      : { alg: pair.alg ?? "ES256", typ: "JWT", ...(pair.kid ? { kid: pair.kid } : {}) };

  return {
    publicKeys,
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(signingKey),
    async verify(token) {
      try {
        // API keys are signed with the secret whatever signs the users' tokens.
        const verified = await jwtVerify(token, secret, { algorithms: ["HS256"] }).catch(
          async (error) => {
            if (pair === undefined) throw error;
            return jwtVerify(token, keySet);
          },
        );
        return verified.payload;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new AuthError(
          403,
          "bad_jwt",
          `invalid JWT: unable to parse or verify signature, ${reason}`,
        );
      }
    },
  };
}

async function readPairs(settings: Settings): Promise<readonly JWK[]> {
  const path = settings.config.auth.signing_keys_path;
  if (path === undefined) return [];
  const text = await readFile(join(settings.projectDir, "supabase", path), "utf8");
  return JSON.parse(text) as JWK[];
}

function publicHalf(pair: JWK): JWK {
  const { d, p, q, dp, dq, qi, ...rest } = pair;
  return { ...rest, key_ops: ["verify"] };
}
