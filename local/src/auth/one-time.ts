import { createHash, randomInt, randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { milliseconds } from "../config.ts";
import type { Auth } from "./context.ts";
import { AuthError } from "./errors.ts";
import type { OneTimeToken } from "./shapes.ts";
import { findUserById, type UserRow } from "./users.ts";

/** Kinds of one-time tokens, named as in `auth.one_time_tokens`. */
export type TokenKind =
  | "confirmation_token"
  | "recovery_token"
  | "email_change_token_new"
  | "email_change_token_current"
  | "reauthentication_token";

/** The column of `auth.users` that records when a kind of token was last sent. */
const sentAtColumns = {
  confirmation_token: "confirmation_sent_at",
  recovery_token: "recovery_sent_at",
  email_change_token_new: "email_change_sent_at",
  email_change_token_current: "email_change_sent_at",
  reauthentication_token: "reauthentication_sent_at",
} as const satisfies Record<TokenKind, string>;

export const pkcePrefix = "pkce_";

export const tokenHash = (email: string, code: string): string =>
  createHash("sha224").update(email).update(code).digest("hex");

/** Creates a new token of a kind and invalidates the previous one. */
export async function issueToken(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  kind: TokenKind,
  email: string,
  usesPkce = false,
): Promise<OneTimeToken> {
  const { otp_length: length } = auth.settings.config.auth.email;
  const code = String(randomInt(10 ** length)).padStart(length, "0");
  const hash = `${usesPkce ? pkcePrefix : ""}${tokenHash(email, code)}`;
  await tx`
    update auth.users
    set ${tx(kind)} = ${hash}, ${tx(sentAtColumns[kind])} = now(), updated_at = now()
    where id = ${user.id}`;
  await tx`
    insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
    values (${randomUUID()}, ${user.id}, ${kind}, ${hash}, ${email})
    on conflict (user_id, token_type) do update
    set id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
      created_at = now(), updated_at = now()`;
  return { code, hash };
}

/** Deletes a token and returns the account it was created for. Throws when it is unknown or expired. */
export async function consumeToken(
  auth: Auth,
  tx: TransactionSql,
  kinds: readonly TokenKind[],
  hash: string,
  message: string,
): Promise<{ readonly user: UserRow; readonly kind: TokenKind }> {
  const bare = hash.startsWith(pkcePrefix) ? hash.slice(pkcePrefix.length) : hash;
  const seconds = auth.settings.config.auth.email.otp_expiry;
  const [token] = await tx<{ user_id: string; token_type: TokenKind; isFresh: boolean }[]>`
    delete from auth.one_time_tokens
    where token_hash in (${bare}, ${pkcePrefix + bare}) and token_type::text in ${tx([...kinds])}
    returning user_id, token_type,
      created_at > localtimestamp - make_interval(secs => ${seconds}) as "isFresh"`;
  const user = token?.isFresh ? await findUserById(tx, token.user_id) : undefined;
  if (token === undefined || user === undefined) throw new AuthError(403, "otp_expired", message);
  await tx`update auth.users set ${tx(token.token_type)} = '' where id = ${user.id}`;
  return { user, kind: token.token_type };
}

/** Invalidates every one-time token of a user, as after a new password. */
export async function clearTokens(tx: TransactionSql, userId: string): Promise<void> {
  await tx`delete from auth.one_time_tokens where user_id = ${userId}`;
  await tx`
    update auth.users
    set confirmation_token = '', recovery_token = '', email_change_token_new = '',
      email_change_token_current = '', reauthentication_token = ''
    where id = ${userId}`;
}

/** Throws 429 when the last email of this kind was sent less than `max_frequency` ago. */
export function enforceMailInterval(auth: Auth, lastSentAt: Date | null): void {
  const interval = milliseconds(auth.settings.config.auth.email.max_frequency);
  const remaining = lastSentAt === null ? 0 : lastSentAt.getTime() + interval - Date.now();
  if (remaining <= 0) return;
  const seconds = Math.ceil(remaining / 1000);
  throw new AuthError(
    429,
    "over_email_send_rate_limit",
    `For security purposes, you can only request this after ${seconds} seconds.`,
  );
}
