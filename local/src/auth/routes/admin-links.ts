import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import {
  callBeforeUserCreatedHook,
  mergeMetadata,
  type NewAccount,
  registerAccount,
} from "../accounts.ts";
import type { Auth } from "../context.ts";
import { AuthError, emailExists, validationFailed } from "../errors.ts";
import type { MailAction } from "../mailer.ts";
import { issueToken, type TokenKind } from "../one-time.ts";
import { checkPassword, hashPassword } from "../passwords.ts";
import { presentUser } from "../presentation.ts";
import { allowedRedirect } from "../redirects.ts";
import { type Body, object, text } from "../request.ts";
import type { Origin } from "../shapes.ts";
import { findUserByEmail, normalizeEmail, type UserRow } from "../users.ts";

interface LinkKind {
  readonly action: MailAction;
  readonly token: TokenKind;
}

const linkKinds: ReadonlyMap<string, LinkKind> = new Map([
  ["signup", { action: "signup", token: "confirmation_token" }],
  ["invite", { action: "invite", token: "confirmation_token" }],
  ["recovery", { action: "recovery", token: "recovery_token" }],
  ["magiclink", { action: "magiclink", token: "recovery_token" }],
  ["email_change_current", { action: "email_change", token: "email_change_token_current" }],
  ["email_change_new", { action: "email_change", token: "email_change_token_new" }],
]);

/** Returns the link that an email would contain, so that an admin can deliver it another way. */
export async function generateLink(auth: Auth, body: Body, origin: Origin): Promise<object> {
  const email = normalizeEmail(body.email);
  const existing = await findUserByEmail(auth.sql, email);
  const requestedType = text(body, "type") ?? "";
  // A magic link for an address without an account becomes a sign-up link.
  const type = requestedType === "magiclink" && existing === undefined ? "signup" : requestedType;
  const kind = linkKinds.get(type);
  if (kind === undefined) {
    throw validationFailed(`Invalid email action link type requested: ${type}`);
  }
  checkAccountState(type, existing);
  const newEmail = kind.action === "email_change" ? await readNewEmail(auth, body) : undefined;
  const account =
    existing === undefined ? await newAccount(auth, email, requestedType, body) : undefined;
  if (account !== undefined) await callBeforeUserCreatedHook(auth, account, origin.ip);

  const { id, token } = await auth.sql.begin(async (tx) => {
    const user = existing ?? (await registerAccount(tx, account as NewAccount));
    await prepareUser(tx, user, type, newEmail, body);
    const address = type === "email_change_new" ? (newEmail ?? "") : email;
    return { id: user.id, token: await issueToken(auth, tx, user, kind.token, address) };
  });
  const redirectTo = allowedRedirect(auth.settings, text(body, "redirect_to"));
  return {
    ...(await presentUser(auth.sql, id)),
    action_link: auth.mailer.link(kind.action, token.hash, redirectTo),
    email_otp: token.code,
    hashed_token: token.hash,
    verification_type: type,
    redirect_to: redirectTo,
  };
}

function checkAccountState(type: string, existing: UserRow | undefined): void {
  const makesAccount = type === "signup" || type === "invite";
  if (existing === undefined && !makesAccount) {
    throw new AuthError(404, "user_not_found", "User with this email not found");
  }
  if (makesAccount && existing !== undefined && existing.email_confirmed_at !== null) {
    throw emailExists();
  }
}

async function readNewEmail(auth: Auth, body: Body): Promise<string> {
  const email = normalizeEmail(body.new_email);
  if ((await findUserByEmail(auth.sql, email)) !== undefined) throw emailExists();
  return email;
}

async function newAccount(
  auth: Auth,
  email: string,
  requestedType: string,
  body: Body,
): Promise<NewAccount> {
  const password = text(body, "password");
  if (requestedType === "signup" && password === undefined) {
    throw validationFailed("Signup requires a valid password");
  }
  if (password !== undefined) checkPassword(password, auth.settings.config.auth);
  return {
    id: randomUUID(),
    email,
    userMetadata: object(body, "data") ?? {},
    passwordHash: password === undefined ? "" : await hashPassword(password),
  };
}

async function prepareUser(
  tx: TransactionSql,
  user: UserRow,
  type: string,
  newEmail: string | undefined,
  body: Body,
): Promise<void> {
  if (type === "invite") await tx`update auth.users set invited_at = now() where id = ${user.id}`;
  const data = object(body, "data");
  if (type === "signup" && data !== undefined) {
    await mergeMetadata(tx, user.id, "raw_user_meta_data", data);
  }
  if (newEmail !== undefined) {
    await tx`
      update auth.users
      set email_change = ${newEmail}, email_change_confirm_status = 0
      where id = ${user.id}`;
  }
}
