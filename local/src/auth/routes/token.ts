import { Hono } from "hono";
import type { TokenResponse } from "../access-token.ts";
import type { Auth } from "../context.ts";
import { AuthError, userNotFound, validationFailed } from "../errors.ts";
import { passwordMatches, weaknessOf } from "../passwords.ts";
import { redeemCode } from "../pkce.ts";
import { refreshSession } from "../refresh.ts";
import { type Body, bodyOf, originOf, text } from "../request.ts";
import { endSessions, openSession } from "../sessions.ts";
import type { Origin } from "../shapes.ts";
import { findUserByEmail, findUserById, isBanned, userBanned } from "../users.ts";

type Grant = (auth: Auth, body: Body, origin: Origin) => Promise<object>;

const grants: Readonly<Record<string, Grant>> = {
  password: signIn,
  refresh_token: refresh,
  pkce: exchangeCode,
};

/** `POST /token?grant_type=…`: exchanges a password, a refresh token or a PKCE code for tokens. */
export function tokenRoutes(auth: Auth): Hono {
  const { rate_limit: limits } = auth.settings.config.auth;
  return new Hono().post("/token", async (context) => {
    const name = context.req.query("grant_type") ?? "";
    const grant = Object.hasOwn(grants, name) ? grants[name] : undefined;
    if (grant === undefined) {
      throw new AuthError(400, "unsupported_grant_type", "unsupported_grant_type");
    }
    const origin = originOf(context);
    auth.limits.take("token", origin.ip, limits.token_refresh);
    return context.json(await grant(auth, await bodyOf(context), origin));
  });
}

const invalidCredentials = (message = "Invalid login credentials") =>
  new AuthError(400, "invalid_credentials", message);

async function signIn(auth: Auth, body: Body, origin: Origin): Promise<object> {
  const { config } = auth.settings;
  const email = text(body, "email")?.toLowerCase();
  const password = text(body, "password") ?? "";
  if (text(body, "phone") !== undefined) {
    throw email === undefined
      ? new AuthError(422, "phone_provider_disabled", "Phone logins are disabled")
      : validationFailed("Only an email address or phone number should be provided on login.");
  }
  if (email === undefined) throw validationFailed("missing email or phone");
  if (!config.auth.email.enabled || !config.auth.email.enable_signup) {
    throw new AuthError(422, "email_provider_disabled", "Email logins are disabled");
  }

  const user = await findUserByEmail(auth.sql, email);
  const matches = await passwordMatches(password, user?.encrypted_password);
  if (user === undefined || !user.encrypted_password) throw invalidCredentials();
  if (isBanned(user)) throw userBanned(400);
  const verdict = await auth.hooks.passwordAttempt(user.id, matches, origin.ip);
  if (verdict.shouldLogout) await endSessions(auth.sql, user.id, undefined, "global");
  if (verdict.rejection !== undefined) throw invalidCredentials(verdict.rejection);
  if (!matches) throw invalidCredentials();
  if (user.email_confirmed_at === null) {
    throw new AuthError(400, "email_not_confirmed", "Email not confirmed");
  }
  const tokens = await auth.sql.begin((tx) => openSession(auth, tx, user.id, "password", origin));
  // A password older than the current rules still signs in; the response reports its weakness.
  const weakness = weaknessOf(password, config.auth);
  return weakness === undefined ? tokens : { ...tokens, weak_password: weakness };
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
    if (user === undefined) throw userNotFound();
    if (isBanned(user)) throw userBanned(400);
    return openSession(auth, tx, user.id, method, origin);
  });
}
