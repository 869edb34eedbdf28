import type { TransactionSql } from "postgres";
import { AuthError } from "./errors.ts";
import { isUuid } from "./request.ts";
import type { Database } from "./shapes.ts";

/** A second factor. Only those of type `totp` can be enrolled here. */
export interface FactorRow {
  readonly id: string;
  readonly user_id: string;
  readonly friendly_name: string | null;
  readonly factor_type: string;
  readonly status: "unverified" | "verified";
  readonly secret: string | null;
  readonly phone: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_challenged_at: Date | null;
}

export async function factorsOf(
  sql: Database,
  userIds: readonly string[],
): Promise<readonly FactorRow[]> {
  return sql<FactorRow[]>`
    select * from auth.mfa_factors where user_id in ${sql(userIds)} order by created_at, id`;
}

/** Returns a user's factor. Throws 404 for the factors of others too. */
export async function findFactor(sql: Database, userId: string, id: string): Promise<FactorRow> {
  if (!isUuid(id)) throw new AuthError(404, "validation_failed", "factor_id must be an UUID");
  const [factor] = await sql<FactorRow[]>`
    select * from auth.mfa_factors where id = ${id} and user_id = ${userId}`;
  if (factor === undefined) throw new AuthError(404, "mfa_factor_not_found", "Factor not found");
  return factor;
}

export async function hasVerifiedFactor(sql: Database, userId: string): Promise<boolean> {
  const [found] = await sql`
    select from auth.mfa_factors where user_id = ${userId} and status = 'verified' limit 1`;
  return found !== undefined;
}

/** Formats a factor for API responses, without its secret. */
export function formatFactor(row: FactorRow): Record<string, unknown> {
  return {
    id: row.id,
    created_at: row.created_at,
    updated_at: row.updated_at,
    status: row.status,
    ...(row.friendly_name ? { friendly_name: row.friendly_name } : {}),
    factor_type: row.factor_type,
    phone: row.phone ?? "",
    last_challenged_at: row.last_challenged_at,
  };
}

/** Removes a factor. Sessions that were verified with it are as strong as their sign-in alone again. */
export async function removeFactor(
  tx: TransactionSql,
  { id, user_id, factor_type }: FactorRow,
): Promise<void> {
  await tx`delete from auth.mfa_factors where id = ${id}`;
  await tx`
    delete from auth.mfa_amr_claims
    where authentication_method = ${factor_type}
      and session_id in (
        select s.id from auth.sessions as s where s.user_id = ${user_id} and s.factor_id = ${id}
      )`;
  await tx`
    update auth.sessions set aal = 'aal1', factor_id = null, updated_at = now()
    where user_id = ${user_id} and factor_id = ${id}`;
}
