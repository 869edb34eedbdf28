import type { TransactionSql } from "postgres";
import type { Auth } from "./context.ts";
import { AuthError } from "./errors.ts";
import { clearTokens, consumeToken, tokenHash } from "./one-time.ts";
import { hashPassword, passwordMatches } from "./passwords.ts";
import type { Bearer } from "./request.ts";
import { endSessions } from "./sessions.ts";

export interface PasswordChange {
  readonly password: string;
  /** The current password, if the client sent it. */
  readonly current: string | undefined;
  /** The code sent by `/reauthenticate`. */
  readonly nonce: string | undefined;
}

/** A permitted change, with the new password already hashed. */
export interface AllowedChange {
  readonly hash: string;
  /** Hash of the reauthentication code that the change consumes. */
  readonly nonceHash: string | undefined;
}

/**
 * Checks the proofs that the project requires before a password change. Hashing is slow, so call this
 * outside a transaction.
 */
export async function allowChange(
  auth: Auth,
  { user, session }: Bearer,
  { password, current, nonce }: PasswordChange,
): Promise<AllowedChange> {
  const { secure_password_change, require_current_password } = auth.settings.config.auth.email;
  const needsNonce = secure_password_change && !isUnderADayOld(session.created_at);
  if (needsNonce && nonce === undefined) {
    throw refused("reauthentication_needed", "Password update requires reauthentication");
  }
  const stored = user.encrypted_password;
  if (require_current_password && stored && !session.startedByMail && current === undefined) {
    throw refused("current_password_required", "Current password required to set a new one");
  }
  if (current !== undefined && !(await passwordMatches(current, stored))) {
    throw refused("current_password_invalid", "Current password is not correct");
  }
  if (await passwordMatches(password, stored)) {
    const message = "New password should be different from the old password.";
    throw new AuthError(422, "same_password", message);
  }
  return {
    hash: await hashPassword(password),
    nonceHash: needsNonce ? tokenHash(user.email ?? "", nonce ?? "") : undefined,
  };
}

/** Sets the password, invalidates every one-time token and ends the user's other sessions. */
export async function applyChange(
  auth: Auth,
  tx: TransactionSql,
  { user, session }: Bearer,
  { hash, nonceHash }: AllowedChange,
): Promise<void> {
  if (nonceHash !== undefined) {
    await consumeToken(auth, tx, ["reauthentication_token"], nonceHash, "").catch(() => {
      throw refused("reauthentication_not_valid", "Nonce has expired or is invalid");
    });
  }
  await storePassword(tx, user.id, hash);
  await endSessions(tx, user.id, session.id, "others");
}

export async function storePassword(
  tx: TransactionSql,
  userId: string,
  hash: string,
): Promise<void> {
  await tx`
    update auth.users
    set encrypted_password = ${hash}, confirmation_sent_at = null, recovery_sent_at = null,
      email_change_sent_at = null, reauthentication_sent_at = null, updated_at = now()
    where id = ${userId}`;
  await clearTokens(tx, userId);
}

const refused = (code: string, message: string) => new AuthError(400, code, message);

const day = 24 * 60 * 60 * 1000;
const isUnderADayOld = (created: Date): boolean => Date.now() - created.getTime() < day;
