import type { IncomingHttpHeaders } from "node:http";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";

/** Why a token did not pass, as clients of the platform know it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Checks the token that a function with `verify_jwt` asks for: any JWT of the project, also a key's. */
export class JwtCheck {
  readonly #secret: Uint8Array;
  readonly #keySet: ReturnType<typeof createRemoteJWKSet>;

  constructor(jwtSecret: string, authPort: number) {
    this.#secret = new TextEncoder().encode(jwtSecret);
    this.#keySet = createRemoteJWKSet(
      new URL(`http://127.0.0.1:${authPort}/.well-known/jwks.json`),
    );
  }

  async refusal(headers: IncomingHttpHeaders): Promise<Refusal | undefined> {
    const token = bearer(headers.authorization) ?? bearer(headers["sb-api-key"]);
    if (token === undefined) {
      return { code: "UNAUTHORIZED_NO_AUTH_HEADER", message: "Missing authorization header" };
    }
    let algorithm: string | undefined;
    try {
      algorithm = decodeProtectedHeader(token).alg;
    } catch {
      return { code: "UNAUTHORIZED_INVALID_JWT_FORMAT", message: "Invalid JWT format" };
    }
    switch (algorithm) {
      case "HS256":
        return this.#try("UNAUTHORIZED_JWT", () =>
          jwtVerify(token, this.#secret, { algorithms: ["HS256"] }),
        );
      case "ES256":
      case "RS256":
        return this.#try("UNAUTHORIZED_ASYMMETRIC_JWT", () => jwtVerify(token, this.#keySet));
      default:
        return {
          code: "UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM",
          message: `Unsupported JWT algorithm ${algorithm}`,
        };
    }
  }

  async #try(code: string, verify: () => Promise<unknown>): Promise<Refusal | undefined> {
    try {
      await verify();
      return undefined;
    } catch {
      return { code, message: "Invalid JWT" };
    }
  }
}

function bearer(value: string | readonly string[] | undefined): string | undefined {
  const [scheme, token] = (typeof value === "string" ? value : "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !token || token.startsWith("sb_")) return undefined;
  return token;
}
