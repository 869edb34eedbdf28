import type { TransactionSql } from "postgres";
import { confirmEmail, moveTo } from "./accounts.ts";
import type { Auth } from "./context.ts";
import { issueToken, refuseTooOften } from "./one-time.ts";
import { type Challenge, rememberChallenge } from "./pkce.ts";
import type { Origin } from "./shapes.ts";
import type { UserRow } from "./users.ts";

export interface EmailChange {
  readonly to: string;
  readonly redirectTo: string;
  readonly challenge: Challenge | undefined;
  readonly origin: Origin;
}

/** Asks the new address, and the present one when the project wants both, to confirm a change. */
export async function sendEmailChange(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  { to, redirectTo, challenge, origin }: EmailChange,
): Promise<void> {
  refuseTooOften(auth, user.email_change_sent_at);
  const usesPkce = challenge !== undefined;
  if (challenge !== undefined) await rememberChallenge(tx, user.id, challenge, "email_change");
  await tx`
    update auth.users
    set email_change = ${to}, email_change_confirm_status = 0, updated_at = now()
    where id = ${user.id}`;
  const token = await issueToken(auth, tx, user, "email_change_token_new", to, usesPkce);
  const { email } = user;
  const present = needsBoth(auth, user) && {
    to: email ?? "",
    token: await issueToken(auth, tx, user, "email_change_token_current", email ?? "", usesPkce),
  };
  await auth.mailer.send({
    action: "email_change",
    user: { ...user, email_change: to },
    to,
    token,
    redirectTo,
    ip: origin.ip,
    ...(present ? { present } : {}),
  });
}

/** Takes one confirmation. Says whether the change is done, or the other address is still awaited. */
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
  await moveTo(tx, user.id, user.email_change ?? "");
  if (user.email_confirmed_at === null) await confirmEmail(tx, user.id);
  return "done";
}

const needsBoth = (auth: Auth, { email }: UserRow): boolean =>
  auth.settings.config.auth.email.double_confirm_changes && Boolean(email);
