import { Hono } from "hono";
import type { Auth, Origin } from "../context.ts";
import { AuthError, validationFailed } from "../errors.ts";
import { checkPassword, passwordMatches } from "../passwords.ts";
import { redeemCode } from "../pkce.ts";
import { type Body, bodyOf, originOf, text } from "../request.ts";
import { openSession, refreshSession, type TokenResponse } from "../sessions.ts";
import { findUserByEmail, findUserById, isBanned, userBanned } from "../users.ts";

type Grant = (auth: Auth, body: Body, origin: Origin) => Promise<TokenResponse>;

const grants: Readonly<Record<string, Grant>> = {
  password: signIn,
  refresh_token: refresh,
  pkce: exchangeCode,
};

/** `POST /token?grant_type=…`: tokens for a password, a refresh token or a code. */
export function tokenRoutes(auth: Auth): Hono {
  const { rate_limit: limits } = auth.settings.config.auth;
  return new Hono().post("/token", async (context) => {
    const grant = grants[context.req.query("grant_type") ?? ""];
    if (grant === undefined) {
      throw new AuthError(400, "unsupported_grant_type", "unsupported_grant_type");
    }
    const origin = originOf(context);
    auth.limits.take("token", origin.ip, limits.token_refresh);
    return context.json(await grant(auth, await bodyOf(context), origin));
  });
}

const invalidCredentials = () =>
  new AuthError(400, "invalid_credentials", "Invalid login credentials");

async function signIn(auth: Auth, body: Body, origin: Origin): Promise<TokenResponse> {
  const email = text(body, "email")?.trim().toLowerCase();
  const password = text(body, "password") ?? "";
  if (text(body, "phone") !== undefined) {
    throw new AuthError(422, "phone_provider_disabled", "Phone logins are disabled");
  }
  if (email === undefined) throw validationFailed("missing email or phone");
  const user = await findUserByEmail(auth.sql, email);
  const matches = await passwordMatches(password, user?.encrypted_password);
  if (user === undefined || !user.encrypted_password) throw invalidCredentials();
  if (isBanned(user)) throw userBanned(400);
  await auth.hooks.passwordAttempt(user.id, matches, origin.ip);
  if (!matches) throw invalidCredentials();
  if (user.email_confirmed_at === null) {
    throw new AuthError(400, "email_not_confirmed", "Email not confirmed");
  }
  const answer = (await auth.sql.begin((tx) =>
    openSession(auth, tx, user, "password", origin),
  )) as TokenResponse;
  return { ...answer, ...weakness(auth, password) };
}

/** A password from before the rules were raised still signs in, but the client is told. */
function weakness(auth: Auth, password: string): Record<string, unknown> {
  try {
    checkPassword(password, auth.settings.config.auth);
    return {};
  } catch (error) {
    const { message, extra } = error as AuthError;
    const { reasons } = (extra.weak_password ?? {}) as { reasons?: readonly string[] };
    return { weak_password: { message, reasons: reasons ?? [] } };
  }
}

async function refresh(auth: Auth, body: Body, origin: Origin): Promise<TokenResponse> {
  const token = text(body, "refresh_token");
  if (token === undefined) throw validationFailed("refresh_token required");
  return refreshSession(auth, token, origin);
}

async function exchangeCode(auth: Auth, body: Body, origin: Origin): Promise<TokenResponse> {
  const code = text(body, "auth_code");
  const verifier = text(body, "code_verifier");
  if (code === undefined || verifier === undefined) {
    throw validationFailed("invalid request: both auth code and code verifier should be non-empty");
  }
  return auth.sql.begin(async (tx) => {
    const { userId, method } = await redeemCode(tx, code, verifier);
    const user = await findUserById(tx, userId);
    if (user === undefined) throw new AuthError(404, "user_not_found", "User not found");
    if (isBanned(user)) throw userBanned(400);
    return openSession(auth, tx, user, method, origin);
  }) as Promise<TokenResponse>;
}
