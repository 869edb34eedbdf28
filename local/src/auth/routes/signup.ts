import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { TransactionSql } from "postgres";
import {
  callBeforeUserCreatedHook,
  confirmEmail,
  type NewAccount,
  registerAccount,
} from "../accounts.ts";
import type { Auth } from "../context.ts";
import { AuthError, notImplemented, validationFailed } from "../errors.ts";
import { enforceMailInterval, issueToken } from "../one-time.ts";
import { checkPassword, hashPassword } from "../passwords.ts";
import { type Challenge, readChallenge, saveChallenge } from "../pkce.ts";
import { formatUser, presentUser } from "../presentation.ts";
import { allowedRedirect } from "../redirects.ts";
import { type Body, bodyOf, object, originOf, requestedRedirect, text } from "../request.ts";
import { openSession } from "../sessions.ts";
import type { Json, Origin } from "../shapes.ts";
import { findUserByEmail, normalizeEmail, type UserRow } from "../users.ts";

/** `POST /signup`: creates an account with email and password. */
export function signupRoutes(auth: Auth): Hono {
  const { config } = auth.settings;
  return new Hono().post("/signup", async (context) => {
    const origin = originOf(context);
    const body = await bodyOf(context);
    if (text(body, "email") === undefined && text(body, "phone") === undefined) {
      rejectAnonymousSignup(auth);
    }
    auth.limits.take("signup", origin.ip, config.auth.rate_limit.sign_in_sign_ups);
    requireSignupEnabled(auth);
    const account = await readNewAccount(auth, body);
    const confirmation = {
      challenge: readChallenge(body),
      redirectTo: allowedRedirect(auth.settings, requestedRedirect(context)),
      origin,
    };
    const existing = await findUserByEmail(auth.sql, account.email);
    if (existing !== undefined) {
      return context.json(await signUpAgain(auth, existing, account, confirmation));
    }
    await callBeforeUserCreatedHook(auth, account, origin.ip);
    return context.json(
      config.auth.email.enable_confirmations
        ? await signUpUnconfirmed(auth, account, confirmation)
        : await signUpConfirmed(auth, account, origin),
    );
  });
}

/** Throws when the project does not allow users to sign up. */
export function requireSignupEnabled(auth: Auth): void {
  const { config } = auth.settings;
  if (!config.auth.enable_signup) {
    throw new AuthError(422, "signup_disabled", "Signups not allowed for this instance");
  }
  if (!config.auth.email.enabled || !config.auth.email.enable_signup) {
    throw new AuthError(422, "email_provider_disabled", "Email signups are disabled");
  }
}

function rejectAnonymousSignup(auth: Auth): never {
  if (auth.settings.config.auth.enable_anonymous_sign_ins) throw notImplemented("anonymous users");
  const message = "Anonymous sign-ins are disabled";
  throw new AuthError(422, "anonymous_provider_disabled", message);
}

async function readNewAccount(auth: Auth, body: Body): Promise<NewAccount> {
  const password = text(body, "password");
  if (password === undefined) throw validationFailed("Signup requires a valid password");
  checkPassword(password, auth.settings.config.auth);
  if (text(body, "phone") !== undefined) {
    throw text(body, "email") === undefined
      ? new AuthError(422, "phone_provider_disabled", "Phone signups are disabled")
      : validationFailed("Only an email address or phone number should be provided on signup.");
  }
  return {
    id: randomUUID(),
    email: normalizeEmail(body.email),
    userMetadata: object(body, "data") ?? {},
    // Hashed even if the address is taken, so that the response time does not reveal it.
    passwordHash: await hashPassword(password),
  };
}

const signUpConfirmed = (auth: Auth, account: NewAccount, origin: Origin): Promise<object> =>
  auth.sql.begin(async (tx) => {
    const { id } = await registerAccount(tx, account);
    await confirmEmail(tx, id);
    return openSession(auth, tx, id, "password", origin);
  });

async function signUpUnconfirmed(
  auth: Auth,
  account: NewAccount,
  confirmation: Confirmation,
): Promise<object> {
  await auth.sql.begin(async (tx) => {
    const user = await registerAccount(tx, account);
    await sendConfirmation(auth, tx, user, confirmation);
  });
  return presentUser(auth.sql, account.id);
}

export interface Confirmation {
  readonly challenge: Challenge | undefined;
  readonly redirectTo: string;
  readonly origin: Origin;
}

/** Sends the email that confirms the address. */
export async function sendConfirmation(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  { challenge, redirectTo, origin }: Confirmation,
): Promise<void> {
  enforceMailInterval(auth, user.confirmation_sent_at);
  const to = user.email ?? "";
  if (challenge !== undefined) await saveChallenge(tx, user.id, challenge, "email/signup");
  const usesPkce = challenge !== undefined;
  const token = await issueToken(auth, tx, user, "confirmation_token", to, usesPkce);
  await auth.mailer.send(tx, { action: "signup", user, to, token, redirectTo, ip: origin.ip });
}

/**
 * Responds to a sign-up with an address that has an account. With confirmations enabled, the response does
 * not reveal a confirmed account.
 */
async function signUpAgain(
  auth: Auth,
  existing: UserRow,
  requested: NewAccount,
  confirmation: Confirmation,
): Promise<object> {
  if (!auth.settings.config.auth.email.enable_confirmations) {
    throw new AuthError(422, "user_already_exists", "User already registered");
  }
  if (existing.email_confirmed_at === null) {
    await auth.sql.begin((tx) => sendConfirmation(auth, tx, existing, confirmation));
    return presentUser(auth.sql, existing.id);
  }
  return obfuscatedUser(existing, requested.userMetadata);
}

/** Returns a user that looks newly created, so that the response does not reveal the existing account. */
function obfuscatedUser(existing: UserRow, userMetadata: Json): object {
  const now = new Date();
  const fresh: UserRow = {
    ...existing,
    id: randomUUID(),
    role: "",
    email_confirmed_at: null,
    confirmed_at: null,
    last_sign_in_at: null,
    invited_at: null,
    recovery_sent_at: null,
    reauthentication_sent_at: null,
    email_change: null,
    email_change_sent_at: null,
    banned_until: null,
    phone: null,
    phone_confirmed_at: null,
    confirmation_sent_at: now,
    created_at: now,
    updated_at: now,
    raw_app_meta_data: { provider: "email", providers: ["email"] },
    raw_user_meta_data: userMetadata,
  };
  return formatUser(fresh, []);
}
