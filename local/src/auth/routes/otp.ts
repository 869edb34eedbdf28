import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { callBeforeUserCreatedHook, confirmEmail, registerAccount } from "../accounts.ts";
import type { Auth } from "../context.ts";
import { AuthError, notImplemented, validationFailed } from "../errors.ts";
import { enforceMailInterval, issueToken } from "../one-time.ts";
import { readChallenge, saveChallenge } from "../pkce.ts";
import { allowedRedirect } from "../redirects.ts";
import { bodyOf, object, originOf, requestedRedirect, text } from "../request.ts";
import { findUserByEmail, normalizeEmail, type UserRow } from "../users.ts";
import { type Confirmation, requireSignupEnabled, sendConfirmation } from "./signup.ts";

/** Sign-in without a password: `POST /otp`, and `POST /magiclink` for older clients. */
export function otpRoutes(auth: Auth): Hono {
  return new Hono()
    .post("/otp", (context) => sendOtp(auth, context))
    .post("/magiclink", (context) => sendOtp(auth, context));
}

async function sendOtp(auth: Auth, context: Context): Promise<Response> {
  const origin = originOf(context);
  const { sign_in_sign_ups } = auth.settings.config.auth.rate_limit;
  auth.limits.take("otp", origin.ip, sign_in_sign_ups);
  const body = await bodyOf(context);
  if (text(body, "phone") !== undefined) throw notImplemented("phone numbers");
  if (text(body, "email") === undefined) {
    throw validationFailed("One of email or phone must be set");
  }
  const email = normalizeEmail(body.email);
  const mail = {
    challenge: readChallenge(body),
    redirectTo: allowedRedirect(auth.settings, requestedRedirect(context)),
    origin,
  };
  const existing = await findUserByEmail(auth.sql, email);
  if (existing === undefined) {
    if (body.create_user === false) {
      throw new AuthError(422, "otp_disabled", "Signups not allowed for otp");
    }
    requireSignupEnabled(auth);
    await signUp(auth, email, object(body, "data") ?? {}, mail);
  } else if (existing.email_confirmed_at === null) {
    await auth.sql.begin((tx) => sendConfirmation(auth, tx, existing, mail));
  } else {
    await sendMagicLink(auth, existing, mail);
  }
  return context.json({});
}

/** Creates an account without a password and mails a link that confirms the address and signs in. */
async function signUp(
  auth: Auth,
  email: string,
  userMetadata: Readonly<Record<string, unknown>>,
  mail: Confirmation,
): Promise<void> {
  const account = { id: randomUUID(), email, passwordHash: "", userMetadata };
  await callBeforeUserCreatedHook(auth, account, mail.origin.ip);
  if (auth.settings.config.auth.email.enable_confirmations) {
    await auth.sql.begin(async (tx) => {
      await sendConfirmation(auth, tx, await registerAccount(tx, account), mail);
    });
    return;
  }
  const user = await auth.sql.begin(async (tx) => {
    const created = await registerAccount(tx, account);
    await confirmEmail(tx, created.id);
    return created;
  });
  await sendMagicLink(auth, user, mail);
}

async function sendMagicLink(
  auth: Auth,
  user: UserRow,
  { challenge, redirectTo, origin }: Confirmation,
): Promise<void> {
  // Recovery and sign-in links use the same kind of token, so they share one interval.
  enforceMailInterval(auth, user.recovery_sent_at);
  const to = user.email ?? "";
  await auth.sql.begin(async (tx) => {
    if (challenge !== undefined) await saveChallenge(tx, user.id, challenge, "magiclink");
    const usesPkce = challenge !== undefined;
    const token = await issueToken(auth, tx, user, "recovery_token", to, usesPkce);
    await auth.mailer.send(tx, { action: "magiclink", user, to, token, redirectTo, ip: origin.ip });
  });
}
