import type { TransactionSql } from "postgres";
import { changeEmail, confirmEmail } from "./accounts.ts";
import type { Auth } from "./context.ts";
import { enforceMailInterval, issueToken } from "./one-time.ts";
import { type Challenge, saveChallenge } from "./pkce.ts";
import type { Origin } from "./shapes.ts";
import type { UserRow } from "./users.ts";

export interface EmailChange {
  readonly to: string;
  readonly redirectTo: string;
  readonly challenge: Challenge | undefined;
  readonly origin: Origin;
}

/**
 * Mails a confirmation to the new address, and to the current one when `double_confirm_changes` is set.
 */
export async function sendEmailChange(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  { to, redirectTo, challenge, origin }: EmailChange,
): Promise<void> {
  enforceMailInterval(auth, user.email_change_sent_at);
  const usesPkce = challenge !== undefined;
  if (challenge !== undefined) await saveChallenge(tx, user.id, challenge, "email_change");
  await tx`
    update auth.users
    set email_change = ${to}, email_change_confirm_status = 0, updated_at = now()
    where id = ${user.id}`;
  const token = await issueToken(auth, tx, user, "email_change_token_new", to, usesPkce);
  const { email } = user;
  const current = needsBoth(auth, user) && {
    to: email ?? "",
    token: await issueToken(auth, tx, user, "email_change_token_current", email ?? "", usesPkce),
  };
  await auth.mailer.send(tx, {
    action: "email_change",
    user: { ...user, email_change: to },
    to,
    token,
    redirectTo,
    ip: origin.ip,
    ...(current ? { current } : {}),
  });
}

/** Applies one confirmation. Returns whether the change is done or waits for the other address. */
export async function confirmEmailChange(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
): Promise<"done" | "awaiting other"> {
  if (needsBoth(auth, user) && user.email_change_confirm_status === 0) {
    await tx`
      update auth.users set email_change_confirm_status = 1, updated_at = now() where id = ${user.id}`;
    return "awaiting other";
  }
  await changeEmail(tx, user.id, user.email_change ?? "");
  if (user.email_confirmed_at === null) await confirmEmail(tx, user.id);
  return "done";
}

const needsBoth = (auth: Auth, { email }: UserRow): boolean =>
  auth.settings.config.auth.email.double_confirm_changes && Boolean(email);
