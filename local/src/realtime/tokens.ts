import { decodeJwt, type JWTPayload } from "jose";
import { createSigner } from "../auth/signer.ts";
import type { Settings } from "../settings.ts";

/** The claims of a verified token. */
export interface Claims extends JWTPayload {
  readonly role: string;
  readonly exp: number;
}

/** A rejected token, with upstream's code and message. */
export class TokenError extends Error {
  readonly code: string;

  constructor(message: string, code = "InvalidJWTToken") {
    super(message);
    this.code = code;
  }
}

export type Verify = (token: string) => Promise<Claims>;

const roleName = /^[a-z_][a-z0-9_]*$/;

export async function createVerify(settings: Settings): Promise<Verify> {
  const signer = await createSigner(settings);
  return async (token) => {
    let claims: JWTPayload;
    try {
      claims = await signer.verify(token);
    } catch {
      throw invalidToken(token);
    }
    const { role, exp } = claims;
    if (typeof role !== "string" || !roleName.test(role) || typeof exp !== "number") {
      throw new TokenError("Fields `role` and `exp` are required in JWT");
    }
    return { ...claims, role, exp };
  };
}

export const expiredSince = (exp: number): string =>
  `Token has expired ${Math.max(0, Math.floor(Date.now() / 1000) - exp)} seconds ago`;

function invalidToken(token: string): TokenError {
  try {
    const { exp } = decodeJwt(token);
    return exp !== undefined && exp * 1000 <= Date.now()
      ? new TokenError(expiredSince(exp))
      : new TokenError("Failed to validate JWT signature", "JwtSignatureError");
  } catch {
    return new TokenError("The token provided is not a valid JWT", "MalformedJWT");
  }
}
