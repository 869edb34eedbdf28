import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { milliseconds } from "../config.ts";
import {
  changeEmail,
  confirmEmail,
  insertAccount,
  insertIdentity,
  mergeMetadata,
  saveError,
} from "./accounts.ts";
import type { Auth } from "./context.ts";
import { AuthError, isUniqueViolation, validationFailed } from "./errors.ts";
import { storePassword } from "./password-change.ts";
import { checkPassword, hashPassword, isBcrypt } from "./passwords.ts";
import { type Body, isUuid, object, text } from "./request.ts";
import { endSessions } from "./sessions.ts";
import type { Json } from "./shapes.ts";
import { normalizeEmail, type UserRow } from "./users.ts";

/** The validated fields of an admin's create or update request. */
export interface AdminFields {
  readonly id: string | undefined;
  readonly email: string | undefined;
  readonly passwordHash: string | undefined;
  readonly confirm: boolean;
  readonly role: string | undefined;
  readonly userMetadata: Json | undefined;
  readonly appMetadata: Json | undefined;
  /** Duration in milliseconds; `none` lifts a ban. */
  readonly ban: number | "none" | undefined;
}

export async function readFields(auth: Auth, body: Body): Promise<AdminFields> {
  const id = text(body, "id");
  if (id !== undefined && !isUuid(id)) throw validationFailed("ID must be a UUID");
  return {
    id,
    email: text(body, "email") === undefined ? undefined : normalizeEmail(body.email),
    passwordHash: await readPassword(auth, body),
    confirm: body.email_confirm === true,
    role: text(body, "role"),
    userMetadata: object(body, "user_metadata"),
    appMetadata: object(body, "app_metadata"),
    ban: readBan(text(body, "ban_duration")),
  };
}

async function readPassword(auth: Auth, body: Body): Promise<string | undefined> {
  const [password, passwordHash] = [text(body, "password"), text(body, "password_hash")];
  if (password !== undefined && passwordHash !== undefined) {
    throw validationFailed("Only a password or a password hash should be provided");
  }
  if (passwordHash !== undefined && !isBcrypt(passwordHash)) {
    throw validationFailed("The password hash must be one of bcrypt");
  }
  if (password === undefined) return passwordHash;
  checkPassword(password, auth.settings.config.auth);
  return hashPassword(password);
}

function readBan(duration: string | undefined): number | "none" | undefined {
  if (duration === undefined || duration === "none") return duration;
  try {
    return milliseconds(duration);
  } catch (error) {
    throw validationFailed(`invalid format for ban duration: ${(error as Error).message}`);
  }
}

/**
 * Creates an account for an admin. No hook runs. Fields that only admins can set are written after the
 * row, as upstream does.
 */
export async function createAccount(auth: Auth, fields: AdminFields): Promise<string> {
  const id = fields.id ?? randomUUID();
  const { email = "", userMetadata = {} } = fields;
  const passwordHash = fields.passwordHash ?? (await hashPassword(randomUUID()));
  const created = auth.sql.begin(async (tx) => {
    await insertAccount(tx, { id, email, passwordHash, userMetadata });
    await insertIdentity(tx, { id, email });
    await applyFields(tx, id, fields);
  });
  await created.catch((error) => {
    throw isTakenId(error) ? idTaken() : saveError(error, "Database error creating new user");
  });
  return id;
}

const isTakenId = (error: unknown): boolean =>
  isUniqueViolation(error) &&
  (error as { constraint_name?: string }).constraint_name === "users_pkey";

const idTaken = (): AuthError =>
  new AuthError(422, "user_already_exists", "A user with this ID already exists");

export async function updateAccount(
  tx: TransactionSql,
  user: UserRow,
  fields: AdminFields,
): Promise<void> {
  const { email, passwordHash, userMetadata } = fields;
  if (passwordHash !== undefined) {
    await storePassword(tx, user.id, passwordHash);
    await endSessions(tx, user.id, undefined, "global");
  }
  if (email !== undefined && email !== user.email) await changeEmail(tx, user.id, email);
  if (userMetadata !== undefined) {
    await mergeMetadata(tx, user.id, "raw_user_meta_data", userMetadata);
  }
  await applyFields(tx, user.id, fields);
}

async function applyFields(
  tx: TransactionSql,
  id: string,
  { role, appMetadata, confirm, ban }: AdminFields,
): Promise<void> {
  if (role !== undefined) await tx`update auth.users set role = ${role} where id = ${id}`;
  if (appMetadata !== undefined) await mergeMetadata(tx, id, "raw_app_meta_data", appMetadata);
  if (confirm) await confirmEmail(tx, id);
  if (ban !== undefined) {
    const until = ban === "none" ? null : new Date(Date.now() + ban);
    await tx`update auth.users set banned_until = ${until} where id = ${id}`;
  }
  await tx`update auth.users set updated_at = now() where id = ${id}`;
}

/** Keeps the row for foreign keys that reference it and removes all personal data from it. */
export async function softDelete(tx: TransactionSql, { id }: UserRow): Promise<void> {
  await tx`
    update auth.users
    set email = ${`${randomUUID()}@deleted.invalid`}, phone = null, encrypted_password = '',
      email_change = '', phone_change = '', confirmation_token = '', recovery_token = '',
      email_change_token_new = '', email_change_token_current = '', reauthentication_token = '',
      raw_user_meta_data = '{}', raw_app_meta_data = '{}', deleted_at = now()
    where id = ${id}`;
  await tx`delete from auth.identities where user_id = ${id}`;
  await tx`delete from auth.one_time_tokens where user_id = ${id}`;
  await tx`delete from auth.mfa_factors where user_id = ${id}`;
  await tx`delete from auth.sessions where user_id = ${id}`;
}
