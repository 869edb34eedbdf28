import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { askBeforeCreation, insertAccount } from "../accounts.ts";
import type { Auth, Origin } from "../context.ts";
import { AuthError, validationFailed } from "../errors.ts";
import type { MailAction } from "../mailer.ts";
import { issueToken, type TokenKind } from "../one-time.ts";
import { checkPassword, hashPassword } from "../passwords.ts";
import { allowedRedirect } from "../redirects.ts";
import { type Body, object, text } from "../request.ts";
import { findUserByEmail, normalizeEmail, presentUser, type UserRow } from "../users.ts";

const linkKinds: Readonly<Record<string, readonly [MailAction, TokenKind]>> = {
  signup: ["signup", "confirmation_token"],
  invite: ["invite", "confirmation_token"],
  recovery: ["recovery", "recovery_token"],
  magiclink: ["magiclink", "recovery_token"],
};

/** The link a mail would hold, handed to an admin who sends it in another way. */
export async function generateLink(
  auth: Auth,
  body: Body,
  origin: Origin,
): Promise<Record<string, unknown>> {
  const type = text(body, "type") ?? "";
  const kind = linkKinds[type];
  if (kind === undefined)
    throw validationFailed(`Invalid email action link type requested: ${type}`);
  const [action, tokenKind] = kind;
  const email = normalizeEmail(body.email);
  const existing = await findUserByEmail(auth.sql, email);
  refuseUnfit(type, existing);
  if (existing === undefined) {
    const userMetadata = object(body, "data") ?? {};
    await askBeforeCreation(auth, { email, userMetadata }, origin.ip);
  }
  const { id, token } = (await auth.sql.begin(async (tx) => {
    const user = existing ?? (await createFor(auth, tx, email, body));
    if (type === "invite") await tx`update auth.users set invited_at = now() where id = ${user.id}`;
    return { id: user.id, token: await issueToken(auth, tx, user, tokenKind, email) };
  })) as { id: string; token: { code: string; hash: string } };

  const redirectTo = allowedRedirect(auth.settings, text(body, "redirect_to"));
  return {
    ...(await presentUser(auth.sql, id)),
    action_link: auth.mailer.link(action, token.hash, redirectTo),
    email_otp: token.code,
    hashed_token: token.hash,
    verification_type: type,
    redirect_to: redirectTo,
  };
}

function refuseUnfit(type: string, existing: UserRow | undefined): void {
  if (type === "recovery" && existing === undefined) {
    throw new AuthError(404, "user_not_found", "User with this email not found");
  }
  const isConfirmed = existing !== undefined && existing.email_confirmed_at !== null;
  if ((type === "signup" || type === "invite") && isConfirmed) {
    throw new AuthError(
      422,
      "email_exists",
      "A user with this email address has already been registered",
    );
  }
}

async function createFor(
  auth: Auth,
  tx: TransactionSql,
  email: string,
  body: Body,
): Promise<UserRow> {
  const password = text(body, "password");
  if (password !== undefined) checkPassword(password, auth.settings.config.auth);
  return insertAccount(tx, {
    email,
    passwordHash: await hashPassword(password ?? randomUUID()),
    userMetadata: object(body, "data") ?? {},
  });
}
