import type { TransactionSql } from "postgres";
import type { Auth } from "./context.ts";
import { AuthError, emailExists, isOutage, isUniqueViolation, unexpected } from "./errors.ts";
import { clearTokens } from "./one-time.ts";
import type { Json } from "./shapes.ts";
import { findUserById, type UserRow } from "./users.ts";

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  /** Empty for accounts that set their password later. */
  readonly passwordHash: string;
  readonly userMetadata: Json;
}

const byEmail = { provider: "email", providers: ["email"] };

/**
 * Makes an account in the order of upstream's writes, because triggers can tell: the row alone first, with
 * the client's data and without a role; everything else by updates in the same transaction.
 */
export async function insertAccount(tx: TransactionSql, account: NewAccount): Promise<void> {
  const { id, email, passwordHash, userMetadata } = account;
  try {
    await tx`
      insert into auth.users (
        id, instance_id, aud, role, email, encrypted_password, raw_app_meta_data, raw_user_meta_data,
        created_at, updated_at, confirmation_token, recovery_token, email_change_token_new, email_change
      )
      values (
        ${id}, '00000000-0000-0000-0000-000000000000', 'authenticated', '', ${email}, ${passwordHash},
        ${tx.json(byEmail)}, ${tx.json(userMetadata as never)}, now(), now(), '', '', '', ''
      )`;
    await tx`update auth.users set role = 'authenticated' where id = ${id}`;
  } catch (error) {
    throw savingFailed(error);
  }
}

/** What ties the account to its address, and what is known of it. */
export async function insertIdentity(
  tx: TransactionSql,
  { id, email }: Pick<NewAccount, "id" | "email">,
  more: Json = {},
): Promise<Json> {
  const data = { ...more, sub: id, email, email_verified: false, phone_verified: false };
  await tx`
    insert into auth.identities (
      provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
    )
    values (${id}, ${id}, ${tx.json(data as never)}, 'email', now(), now(), now())`;
  return data;
}

/** A self-made account; its metadata repeats its identity's, as upstream's does. */
export async function registerAccount(tx: TransactionSql, account: NewAccount): Promise<UserRow> {
  const { id, userMetadata } = account;
  await insertAccount(tx, account);
  const data = await insertIdentity(tx, account, userMetadata);
  await tx`
    update auth.users set raw_user_meta_data = ${tx.json(data as never)}, updated_at = now()
    where id = ${id}`;
  return (await findUserById(tx, id)) as UserRow;
}

/** What a trigger says stays here; clients learn only that it refused. */
function savingFailed(error: unknown): unknown {
  if (isOutage(error)) return error;
  if (isTakenEmail(error)) {
    return new AuthError(422, "user_already_exists", "User already registered");
  }
  const failure = unexpected("Database error saving new user");
  failure.cause = error;
  return failure;
}

const isTakenEmail = (error: unknown): boolean =>
  isUniqueViolation(error) &&
  (error as { constraint_name?: string }).constraint_name === "users_email_partial_key";

/** Marks the address as proven; nothing that was sent before works any more. */
export async function confirmEmail(tx: TransactionSql, id: string): Promise<void> {
  await tx`
    update auth.users
    set email_confirmed_at = now(), confirmation_token = '', updated_at = now()
    where id = ${id}`;
  await mergeMetadata(tx, id, "raw_user_meta_data", { email_verified: true });
  await tx`
    update auth.identities
    set identity_data = identity_data || '{"email_verified": true}', updated_at = now()
    where user_id = ${id} and provider = 'email'`;
  await clearTokens(tx, id);
}

/** The account gets another address. */
export async function moveTo(tx: TransactionSql, id: string, email: string): Promise<void> {
  await tx`
    update auth.users
    set email = ${email}, email_change = '', email_change_confirm_status = 0, updated_at = now()
    where id = ${id}`.catch((error) => {
    // Somebody else took it after it was asked for.
    throw isTakenEmail(error) ? emailExists() : error;
  });
  await tx`
    update auth.identities
    set identity_data = identity_data || jsonb_build_object('email', ${email}::text), updated_at = now()
    where user_id = ${id} and provider = 'email'`;
  await clearTokens(tx, id);
}

/** Sets some keys and leaves the others; a key set to null goes. */
export async function mergeMetadata(
  tx: TransactionSql,
  id: string,
  column: "raw_user_meta_data" | "raw_app_meta_data",
  changes: Json,
): Promise<void> {
  const kept = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
  const gone = Object.keys(changes).filter((key) => changes[key] === null);
  await tx`
    update auth.users
    set ${tx(column)} = (coalesce(${tx(column)}, '{}') || ${tx.json(kept as never)}) - ${gone}::text[],
      updated_at = now()
    where id = ${id}`;
}

/** What the before-user-created hook is shown: the account as it would be. */
export async function askBeforeCreation(
  auth: Auth,
  account: Pick<NewAccount, "id" | "email" | "userMetadata">,
  ip: string,
): Promise<void> {
  const zero = "0001-01-01T00:00:00Z";
  await auth.hooks.beforeUserCreated(
    {
      id: account.id,
      aud: "authenticated",
      role: "",
      email: account.email,
      phone: "",
      app_metadata: byEmail,
      user_metadata: account.userMetadata,
      identities: [],
      created_at: zero,
      updated_at: zero,
      is_anonymous: false,
    },
    ip,
  );
}
