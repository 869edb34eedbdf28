import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { ApiError } from "../http/errors.ts";
import { algorithms } from "./keys.ts";

/** The claims of a verified access token. The database gets all of them as `request.jwt.claims`. */
export interface Claims extends JWTPayload {
  readonly sub: string;
  readonly exp: number;
  readonly role: "authenticated";
}

export type VerifyToken = (token: string) => Promise<Claims>;

/** Verifying a signature takes longer than most queries, so valid tokens are cached. */
const cacheSize = 1000;

/**
 * Accepts only access tokens of signed-in users. The project's own keys are valid tokens as well, but belong
 * to no user. The database checks on every call whether the session of the token still exists.
 */
export function tokenVerifier(getKey: JWTVerifyGetKey): VerifyToken {
  const known = new Map<string, Claims>();

  return async (token) => {
    const hit = known.get(token);
    if (hit !== undefined && hit.exp > Date.now() / 1000) return hit;
    known.delete(token);

    const claims = await check(token, getKey);
    if (known.size >= cacheSize) known.delete(known.keys().next().value ?? "");
    known.set(token, claims);
    return claims;
  };
}

async function check(token: string, getKey: JWTVerifyGetKey): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, getKey, {
      algorithms,
      audience: "authenticated",
      requiredClaims: ["sub", "exp"],
    });
    if (!isUser(payload)) throw new Error("The token belongs to no user.");
    return payload;
  } catch (cause) {
    throw notAuthenticated("The access token is invalid or has expired.", cause);
  }
}

const isUser = (payload: JWTPayload): payload is Claims =>
  payload.role === "authenticated" &&
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(payload.sub ?? "");

export const notAuthenticated = (message: string, cause?: unknown) =>
  new ApiError("NOT_AUTHENTICATED", message, { cause });

/** The token in `Authorization: Bearer …`. */
export const bearerOf = (headers: Headers): string | undefined =>
  /^Bearer +([^\s]+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
