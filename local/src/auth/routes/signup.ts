import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { TransactionSql } from "postgres";
import { askBeforeCreation, confirmEmail, insertAccount } from "../accounts.ts";
import type { Auth, Origin } from "../context.ts";
import { AuthError, validationFailed } from "../errors.ts";
import { issueToken, refuseTooOften } from "../one-time.ts";
import { checkPassword, hashPassword } from "../passwords.ts";
import { type Challenge, challengeOf, rememberChallenge } from "../pkce.ts";
import { allowedRedirect } from "../redirects.ts";
import { bodyOf, object, originOf, redirectWish, text } from "../request.ts";
import { openSession } from "../sessions.ts";
import { findUserByEmail, normalizeEmail, presented, presentUser, type UserRow } from "../users.ts";

/** `POST /signup`: an account by e-mail and password. */
export function signupRoutes(auth: Auth): Hono {
  const { config } = auth.settings;
  return new Hono().post("/signup", async (context) => {
    const origin = originOf(context);
    auth.limits.take("signup", origin.ip, config.auth.rate_limit.sign_in_sign_ups);
    if (!config.auth.enable_signup || !config.auth.email.enable_signup) {
      throw new AuthError(422, "signup_disabled", "Signups not allowed for this instance");
    }
    const body = await bodyOf(context);
    if (text(body, "phone") !== undefined) {
      throw new AuthError(400, "phone_provider_disabled", "Phone signups are disabled");
    }
    const given = text(body, "email");
    const password = text(body, "password");
    if (given === undefined && password === undefined) {
      const sentence = "Anonymous sign-ins are disabled";
      throw new AuthError(422, "anonymous_provider_disabled", sentence);
    }
    if (password === undefined) throw validationFailed("Signup requires a valid password");
    const email = normalizeEmail(given);
    checkPassword(password, config.auth);
    const redirectTo = allowedRedirect(auth.settings, redirectWish(context));
    const challenge = challengeOf(body);
    const userMetadata = object(body, "data") ?? {};

    const existing = await findUserByEmail(auth.sql, email);
    if (existing !== undefined) {
      return context.json(await signUpAgain(auth, existing, { challenge, redirectTo, origin }));
    }
    const passwordHash = await hashPassword(password);
    await askBeforeCreation(auth, { email, userMetadata }, origin.ip);
    const id = randomUUID();
    const proven = { sub: id, email, email_verified: false, phone_verified: false };
    const account = { id, email, passwordHash, userMetadata: { ...userMetadata, ...proven } };

    if (!config.auth.email.enable_confirmations) {
      const answer = await auth.sql.begin(async (tx) => {
        const user = await insertAccount(tx, account);
        await confirmEmail(tx, user.id);
        return openSession(auth, tx, user, "password", origin);
      });
      return context.json(answer);
    }
    await auth.sql.begin(async (tx) => {
      const user = await insertAccount(tx, account);
      await sendConfirmation(auth, tx, user, { challenge, redirectTo, origin });
    });
    return context.json(await presentUser(auth.sql, id));
  });
}

interface Confirmation {
  readonly challenge: Challenge | undefined;
  readonly redirectTo: string;
  readonly origin: Origin;
}

/** Sends the mail that proves the address; shared with `POST /resend`. */
export async function sendConfirmation(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  { challenge, redirectTo, origin }: Confirmation,
): Promise<void> {
  refuseTooOften(auth, user.confirmation_sent_at);
  const to = user.email ?? "";
  if (challenge !== undefined) await rememberChallenge(tx, user.id, challenge, "email/signup");
  const usesPkce = challenge !== undefined;
  const token = await issueToken(auth, tx, user, "confirmation_token", to, usesPkce);
  await auth.mailer.send({ action: "signup", user, to, token, redirectTo, ip: origin.ip });
}

async function signUpAgain(
  auth: Auth,
  existing: UserRow,
  confirmation: Confirmation,
): Promise<Record<string, unknown>> {
  const autoconfirm = !auth.settings.config.auth.email.enable_confirmations;
  if (existing.email_confirmed_at === null && !autoconfirm) {
    await auth.sql.begin((tx) => sendConfirmation(auth, tx, existing, confirmation));
    return presentUser(auth.sql, existing.id);
  }
  if (autoconfirm) throw new AuthError(422, "user_already_exists", "User already registered");
  // Looks like a new account, so that nobody learns which addresses have one.
  const now = new Date();
  return presented(
    {
      ...existing,
      id: randomUUID(),
      role: "",
      email_confirmed_at: null,
      confirmed_at: null,
      last_sign_in_at: null,
      invited_at: null,
      recovery_sent_at: null,
      email_change: null,
      banned_until: null,
      confirmation_sent_at: now,
      created_at: now,
      updated_at: now,
      raw_app_meta_data: { provider: "email", providers: ["email"] },
      raw_user_meta_data: {},
    },
    [],
  );
}
