import { AuthError, validationFailed } from "./errors.ts";
import type { Database, Json } from "./shapes.ts";

/** The columns of `auth.users` that this service uses. */
export interface UserRow {
  readonly id: string;
  readonly aud: string | null;
  readonly role: string | null;
  readonly email: string | null;
  readonly encrypted_password: string | null;
  readonly email_confirmed_at: Date | null;
  readonly invited_at: Date | null;
  readonly confirmation_sent_at: Date | null;
  readonly recovery_sent_at: Date | null;
  readonly email_change: string | null;
  readonly email_change_sent_at: Date | null;
  readonly email_change_confirm_status: number | null;
  readonly reauthentication_sent_at: Date | null;
  readonly last_sign_in_at: Date | null;
  readonly raw_app_meta_data: Json | null;
  readonly raw_user_meta_data: Json | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly phone: string | null;
  readonly phone_confirmed_at: Date | null;
  readonly confirmed_at: Date | null;
  readonly banned_until: Date | null;
  readonly is_anonymous: boolean;
}

export async function findUserById(sql: Database, id: string): Promise<UserRow | undefined> {
  const [user] = await sql<UserRow[]>`
    select * from auth.users where id = ${id} and deleted_at is null`;
  return user;
}

export async function findUserByEmail(sql: Database, email: string): Promise<UserRow | undefined> {
  const [user] = await sql<UserRow[]>`
    select * from auth.users
    where email = ${email} and not is_sso_user and deleted_at is null`;
  return user;
}

export const isBanned = (user: Pick<UserRow, "banned_until">): boolean =>
  user.banned_until !== null && user.banned_until > new Date();

export const userBanned = (status: 400 | 403, message = "User is banned"): AuthError =>
  new AuthError(status, "user_banned", message);

/** The format of HTML's email input, which upstream has. */
const emailPattern =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** Converts an email address to lower case. Throws when it is not valid, also when space surrounds it. */
export function normalizeEmail(value: unknown): string {
  const email = typeof value === "string" ? value : "";
  if (email === "") throw validationFailed("An email address is required");
  if (Buffer.byteLength(email) > 255) throw validationFailed("An email address is too long");
  if (!emailPattern.test(email)) {
    throw validationFailed("Unable to validate email address: invalid format");
  }
  return email.toLowerCase();
}
