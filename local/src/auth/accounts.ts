import type { TransactionSql } from "postgres";
import type { Auth } from "./context.ts";
import { AuthError, emailExists, isOutage, isUniqueViolation, unexpected } from "./errors.ts";
import { clearTokens } from "./one-time.ts";
import type { Json } from "./shapes.ts";
import { findUserById, type UserRow } from "./users.ts";

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  /** Empty for an account whose password is set later. */
  readonly passwordHash: string;
  readonly userMetadata: Json;
}

const byEmail = { provider: "email", providers: ["email"] };

/**
 * Creates an account with upstream's order of writes, because triggers on `auth.users` observe it: first
 * the bare row with the client's data and without a role, then everything else as updates in the same
 * transaction.
 */
export async function insertAccount(tx: TransactionSql, account: NewAccount): Promise<void> {
  const { id, email, passwordHash, userMetadata } = account;
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
}

/** Inserts the `email` identity of an account and returns its identity data. */
export async function insertIdentity(
  tx: TransactionSql,
  { id, email }: Pick<NewAccount, "id" | "email">,
  extraData: Json = {},
): Promise<Json> {
  const data = { ...extraData, sub: id, email, email_verified: false, phone_verified: false };
  await tx`
    insert into auth.identities (
      provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
    )
    values (${id}, ${id}, ${tx.json(data as never)}, 'email', now(), now(), now())`;
  return data;
}

/** Creates an account with its identity. Copies the identity data into the user metadata, as upstream does. */
export async function registerAccount(tx: TransactionSql, account: NewAccount): Promise<UserRow> {
  const { id, userMetadata } = account;
  try {
    await insertAccount(tx, account);
    const data = await insertIdentity(tx, account, userMetadata);
    await tx`
      update auth.users set raw_user_meta_data = ${tx.json(data as never)}, updated_at = now()
      where id = ${id}`;
  } catch (error) {
    throw saveError(error, "Database error saving new user");
  }
  return (await findUserById(tx, id)) as UserRow;
}

/**
 * Hides the reason of a database error, as upstream does, also that another request has just taken the address:
 * who asks again learns that. The log records the reason as the cause.
 */
export function saveError(error: unknown, message: string): unknown {
  if (error instanceof AuthError || isOutage(error)) return error;
  const failure = unexpected(message);
  failure.cause = error;
  return failure;
}

const isTakenEmail = (error: unknown): boolean =>
  isUniqueViolation(error) &&
  (error as { constraint_name?: string }).constraint_name === "users_email_partial_key";

/** Marks the address as confirmed and invalidates every one-time token sent before. */
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

/** Replaces the account's address and invalidates every one-time token sent before. */
export async function changeEmail(tx: TransactionSql, id: string, email: string): Promise<void> {
  await tx`
    update auth.users
    set email = ${email}, email_change = '', email_change_confirm_status = 0, updated_at = now()
    where id = ${id}`.catch((error) => {
    // Another account took the address after the change was requested.
    throw isTakenEmail(error) ? emailExists() : error;
  });
  await tx`
    update auth.identities
    set identity_data = identity_data || jsonb_build_object('email', ${email}::text), updated_at = now()
    where user_id = ${id} and provider = 'email'`;
  await clearTokens(tx, id);
}

/** Merges keys into a metadata column. A key set to null is removed; absent keys stay as they are. */
export async function mergeMetadata(
  tx: TransactionSql,
  id: string,
  column: "raw_user_meta_data" | "raw_app_meta_data",
  changes: Json,
): Promise<void> {
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
  const removed = Object.keys(changes).filter((key) => changes[key] === null);
  await tx`
    update auth.users
    set ${tx(column)} = (coalesce(${tx(column)}, '{}') || ${tx.json(set as never)}) - ${removed}::text[],
      updated_at = now()
    where id = ${id}`;
}

/** Calls the `before_user_created` hook with the user that would be created. The hook can reject it. */
export async function callBeforeUserCreatedHook(
  auth: Auth,
  account: Pick<NewAccount, "id" | "email" | "userMetadata">,
  ip: string,
): Promise<void> {
  const zeroTime = "0001-01-01T00:00:00Z";
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
      created_at: zeroTime,
      updated_at: zeroTime,
      is_anonymous: false,
    },
    ip,
  );
}
