import type { Database } from "./context.ts";
import { AuthError } from "./errors.ts";

/** A row of auth.users as far as this service works with it. */
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
  readonly raw_app_meta_data: Readonly<Record<string, unknown>> | null;
  readonly raw_user_meta_data: Readonly<Record<string, unknown>> | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly phone: string | null;
  readonly phone_confirmed_at: Date | null;
  readonly confirmed_at: Date | null;
  readonly banned_until: Date | null;
  readonly is_anonymous: boolean;
}

interface IdentityRow {
  readonly id: string;
  readonly user_id: string;
  readonly provider_id: string;
  readonly identity_data: Readonly<Record<string, unknown>>;
  readonly provider: string;
  readonly last_sign_in_at: Date | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly email: string | null;
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

/** The account as clients see it, with its identities. */
export async function presentUser(sql: Database, id: string): Promise<Record<string, unknown>> {
  const [user, identities] = await Promise.all([
    findUserById(sql, id),
    sql<IdentityRow[]>`select * from auth.identities where user_id = ${id} order by created_at`,
  ]);
  if (user === undefined) throw new AuthError(404, "user_not_found", "User not found");
  return presented(user, identities.map(presentIdentity));
}

export function presented(user: UserRow, identities: readonly unknown[]): Record<string, unknown> {
  return {
    id: user.id,
    aud: user.aud ?? "authenticated",
    role: user.role ?? "",
    email: user.email ?? "",
    ...present("email_confirmed_at", user.email_confirmed_at),
    ...present("invited_at", user.invited_at),
    phone: user.phone ?? "",
    ...present("phone_confirmed_at", user.phone_confirmed_at),
    ...present("confirmed_at", user.confirmed_at),
    ...present("confirmation_sent_at", user.confirmation_sent_at),
    ...present("recovery_sent_at", user.recovery_sent_at),
    ...present("new_email", user.email_change || null),
    ...present("email_change_sent_at", user.email_change_sent_at),
    ...present("last_sign_in_at", user.last_sign_in_at),
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities,
    ...present("banned_until", user.banned_until),
    created_at: user.created_at,
    updated_at: user.updated_at,
    is_anonymous: user.is_anonymous,
  };
}

const present = (name: string, value: unknown) => (value === null ? {} : { [name]: value });

function presentIdentity(row: IdentityRow): Record<string, unknown> {
  return {
    identity_id: row.id,
    id: row.provider_id,
    user_id: row.user_id,
    identity_data: row.identity_data,
    provider: row.provider,
    last_sign_in_at: row.last_sign_in_at,
    created_at: row.created_at,
    updated_at: row.updated_at,
    email: row.email,
  };
}

export const isBanned = (user: Pick<UserRow, "banned_until">): boolean =>
  user.banned_until !== null && user.banned_until > new Date();

export const userBanned = (status: 400 | 403): AuthError =>
  new AuthError(status, "user_banned", "User is banned");

const shape = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:"]+$/;

/** Lower case and trimmed; refuses what is not an address. */
export function normalizeEmail(value: unknown): string {
  const email = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (email.length > 255 || !shape.test(email) || email.includes("..")) {
    throw new AuthError(
      400,
      "validation_failed",
      "Unable to validate email address: invalid format",
    );
  }
  return email;
}
