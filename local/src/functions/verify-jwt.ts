import type { IncomingHttpHeaders } from "node:http";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { single } from "../http/headers.ts";

/** Why a token is rejected, with the error code of hosted Supabase. */
export interface JwtError {
  readonly code: string;
  readonly message: string;
}

/** Checks the token of a request to a function with `verify_jwt`: any JWT of the project, also that of an API key. */
export class JwtCheck {
  readonly #secret: Uint8Array;
  readonly #keySet: ReturnType<typeof createRemoteJWKSet>;

  constructor(jwtSecret: string, authPort: number) {
    this.#secret = new TextEncoder().encode(jwtSecret);
    this.#keySet = createRemoteJWKSet(
      new URL(`http://127.0.0.1:${authPort}/.well-known/jwks.json`),
    );
  }

  /** Returns the error of a request without a valid token, or undefined. */
  async check(headers: IncomingHttpHeaders): Promise<JwtError | undefined> {
    const token = tokenOf(headers);
    if (token === undefined) {
      return { code: "UNAUTHORIZED_NO_AUTH_HEADER", message: "Missing authorization header" };
    }
    const algorithm = algorithmOf(token);
    switch (algorithm) {
      case "HS256":
        return errorOf("UNAUTHORIZED_JWT", jwtVerify(token, this.#secret));
      case "ES256":
      case "RS256":
        return errorOf("UNAUTHORIZED_ASYMMETRIC_JWT", jwtVerify(token, this.#keySet));
      case undefined:
        return { code: "UNAUTHORIZED_INVALID_JWT_FORMAT", message: "Invalid JWT format" };
      default:
        return {
          code: "UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM",
          message: `Unsupported JWT algorithm ${algorithm}`,
        };
    }
  }
}

/** Returns the user's token, otherwise the JWT that the gateway exchanged the API key for. */
function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization && !/^Bearer sb_/i.test(authorization)) return withoutScheme(authorization);
  const exchanged = single(headers, "sb-api-key");
  return exchanged ? withoutScheme(exchanged) : undefined;
}

const withoutScheme = (value: string): string => value.replace(/^Bearer\s+/i, "");

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}

async function errorOf(
  code: string,
  verification: Promise<unknown>,
): Promise<JwtError | undefined> {
  try {
    await verification;
    return undefined;
  } catch {
    return { code, message: "Invalid JWT" };
  }
}
