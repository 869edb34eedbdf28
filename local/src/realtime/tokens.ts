import { decodeJwt, type JWTPayload } from "jose";
import { createSigner } from "../auth/signer.ts";
import type { Settings } from "../settings.ts";

/** A token that was verified. */
export interface Claims extends JWTPayload {
  readonly role: string;
  readonly exp: number;
}

/** Why a token was not taken, in Realtime's words. */
export class TokenError extends Error {}

export type Verify = (token: string) => Promise<Claims>;

const roleName = /^[a-z_][a-z0-9_]*$/;

export async function createVerify(settings: Settings): Promise<Verify> {
  const signer = await createSigner(settings);
  return async (token) => {
    let claims: JWTPayload;
    try {
      claims = await signer.verify(token);
    } catch {
      throw new TokenError(refusal(token));
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

function refusal(token: string): string {
  try {
    const { exp } = decodeJwt(token);
    if (exp !== undefined && exp * 1000 <= Date.now()) return expiredSince(exp);
    return "Failed to validate JWT signature";
  } catch {
    return "The token provided is not a valid JWT";
  }
}
