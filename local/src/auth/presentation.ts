import { userNotFound } from "./errors.ts";
import { factorsOf, formatFactor } from "./factors.ts";
import type { Database } from "./shapes.ts";
import { findUserById, type UserRow } from "./users.ts";

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

/** Loads an account with its identities, in the form of API responses. */
export async function presentUser(sql: Database, id: string): Promise<Record<string, unknown>> {
  const user = await findUserById(sql, id);
  if (user === undefined) throw userNotFound();
  const [formatted] = await presentUsers(sql, [user]);
  return formatted ?? {};
}

/** Formats several accounts; loads all their identities, and all their factors, with one query each. */
export async function presentUsers(
  sql: Database,
  users: readonly UserRow[],
): Promise<readonly Record<string, unknown>[]> {
  if (users.length === 0) return [];
  const rows = await sql<IdentityRow[]>`
    select * from auth.identities
    where user_id in ${sql(users.map((user) => user.id))}
    order by created_at, id`;
  const identities = new Map<string, unknown[]>(users.map((user) => [user.id, []]));
  for (const row of rows) identities.get(row.user_id)?.push(formatIdentity(row));
  const factors = new Map<string, unknown[]>(users.map((user) => [user.id, []]));
  for (const row of await factorsOf(sql, [...factors.keys()])) {
    factors.get(row.user_id)?.push(formatFactor(row));
  }
  return users.map((user) =>
    formatUser(user, identities.get(user.id) ?? [], factors.get(user.id) ?? []),
  );
}

/** Formats an account with upstream's field names and order. Optional fields that are null are omitted. */
export function formatUser(
  user: UserRow,
  identities: readonly unknown[],
  factors: readonly unknown[] = [],
): Record<string, unknown> {
  return {
    id: user.id,
    aud: user.aud ?? "authenticated",
    role: user.role ?? "",
    email: user.email ?? "",
    ...ifSet("email_confirmed_at", user.email_confirmed_at),
    ...ifSet("invited_at", user.invited_at),
    phone: user.phone ?? "",
    ...ifSet("phone_confirmed_at", user.phone_confirmed_at),
    ...ifSet("confirmation_sent_at", user.confirmation_sent_at),
    ...ifSet("confirmed_at", user.confirmed_at),
    ...ifSet("recovery_sent_at", user.recovery_sent_at),
    ...ifSet("new_email", user.email_change || null),
    ...ifSet("email_change_sent_at", user.email_change_sent_at),
    ...ifSet("reauthentication_sent_at", user.reauthentication_sent_at),
    ...ifSet("last_sign_in_at", user.last_sign_in_at),
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    ...(factors.length === 0 ? {} : { factors }),
    identities,
    created_at: user.created_at,
    updated_at: user.updated_at,
    ...ifSet("banned_until", user.banned_until),
    is_anonymous: user.is_anonymous,
  };
}

const ifSet = (name: string, value: unknown) => (value === null ? {} : { [name]: value });

function formatIdentity(row: IdentityRow): Record<string, unknown> {
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
