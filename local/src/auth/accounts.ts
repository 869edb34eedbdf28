import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import type { Auth } from "./context.ts";
import { AuthError } from "./errors.ts";
import { findUserById, type UserRow } from "./users.ts";

type Metadata = Readonly<Record<string, unknown>>;

export interface NewAccount {
  readonly id?: string;
  readonly email: string;
  /** Empty for accounts that set their password later. */
  readonly passwordHash: string;
  readonly userMetadata: Metadata;
}

/**
 * Inserts an account with its identity in the order upstream does it, because triggers can tell: the row
 * first, without role and confirmation, the rest by updates in the same transaction.
 */
export async function insertAccount(tx: TransactionSql, account: NewAccount): Promise<UserRow> {
  const id = account.id ?? randomUUID();
  const appMetadata = { provider: "email", providers: ["email"] };
  try {
    await tx`
      insert into auth.users (
        id, instance_id, aud, role, email, encrypted_password, raw_app_meta_data, raw_user_meta_data,
        created_at, updated_at, confirmation_token, recovery_token, email_change_token_new, email_change
      )
      values (
        ${id}, '00000000-0000-0000-0000-000000000000', 'authenticated', '', ${account.email},
        ${account.passwordHash}, ${tx.json(appMetadata)}, ${tx.json(account.userMetadata as never)},
        now(), now(), '', '', '', ''
      )`;
  } catch (error) {
    throw savingFailed(error);
  }
  await tx`update auth.users set role = 'authenticated' where id = ${id}`;
  const identity = { sub: id, email: account.email, email_verified: false, phone_verified: false };
  await tx`
    insert into auth.identities (
      provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
    )
    values (${id}, ${id}, ${tx.json(identity)}, 'email', now(), now(), now())`;
  return (await findUserById(tx, id)) as UserRow;
}

/** What a trigger says stays here; clients learn only that it refused. */
function savingFailed(error: unknown): AuthError {
  const { code, constraint_name: constraint } = error as {
    code?: string;
    constraint_name?: string;
  };
  if (
    code === "23505" &&
    (constraint === "users_email_partial_key" || constraint === "users_pkey")
  ) {
    return new AuthError(422, "user_already_exists", "User already registered");
  }
  console.error(error);
  return new AuthError(500, "unexpected_failure", "Database error saving new user");
}

/** Marks the address as proven. */
export async function confirmEmail(tx: TransactionSql, id: string): Promise<void> {
  await tx`
    update auth.users
    set email_confirmed_at = now(), confirmation_token = '', updated_at = now(),
      raw_user_meta_data = coalesce(raw_user_meta_data, '{}') || '{"email_verified": true}'
    where id = ${id}`;
  await tx`
    update auth.identities
    set identity_data = identity_data || '{"email_verified": true}', updated_at = now()
    where user_id = ${id} and provider = 'email'`;
}

/** What the before-user-created hook is shown: the account as it would be. */
export async function askBeforeCreation(
  auth: Auth,
  account: { readonly email: string; readonly userMetadata: Metadata },
  ip: string,
): Promise<void> {
  const zero = "0001-01-01T00:00:00Z";
  await auth.hooks.beforeUserCreated(
    {
      id: randomUUID(),
      aud: "authenticated",
      role: "",
      email: account.email,
      phone: "",
      app_metadata: { provider: "email", providers: ["email"] },
      user_metadata: account.userMetadata,
      identities: [],
      created_at: zero,
      updated_at: zero,
      is_anonymous: false,
    },
    ip,
  );
}
