import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { ApiError } from "../http/errors.ts";
import { algorithms } from "./keys.ts";

/** What a verified access token says. The database gets all of it as `request.jwt.claims`. */
export interface Claims extends JWTPayload {
  readonly sub: string;
  readonly exp: number;
  readonly role: "authenticated";
}

export type VerifyToken = (token: string) => Promise<Claims>;

/** Checking a signature costs more than the query behind it, so good tokens are remembered a while. */
const remembered = 1000;

/**
 * Accepts a signed-in user's access token and nothing else: the project's own keys are valid tokens too,
 * but they are nobody. Whether the token's session still exists is the database's to say, on every call.
 */
export function tokenVerifier(getKey: JWTVerifyGetKey): VerifyToken {
  const known = new Map<string, Claims>();

  return async (token) => {
    const hit = known.get(token);
    if (hit !== undefined && hit.exp > Date.now() / 1000) return hit;
    known.delete(token);

    const claims = await check(token, getKey);
    if (known.size >= remembered) known.delete(known.keys().next().value ?? "");
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
    if (!isUser(payload)) throw new Error("Not a user's token.");
    return payload;
  } catch (cause) {
    throw notAuthenticated("The access token is not valid or has expired.", cause);
  }
}

const isUser = (payload: JWTPayload): payload is Claims =>
  payload.role === "authenticated" &&
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(payload.sub ?? "");

export const notAuthenticated = (message: string, cause?: unknown) =>
  new ApiError("NOT_AUTHENTICATED", message, { cause });

/** The token of `Authorization: Bearer …`, if there is one. */
export const bearerOf = (headers: Headers): string | undefined =>
  /^Bearer +([^\s]+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
