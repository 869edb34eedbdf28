import { randomInt, randomUUID } from "node:crypto";
import { isIP } from "node:net";
import type { TransactionSql } from "postgres";
import { issueAccessToken, type TokenResponse } from "./access-token.ts";
import type { Auth } from "./context.ts";
import type { Database, Origin } from "./shapes.ts";

/** Signs a user in: creates a session, its first refresh token and an access token. */
export async function openSession(
  auth: Auth,
  tx: TransactionSql,
  userId: string,
  method: string,
  origin: Origin,
): Promise<TokenResponse> {
  const sessionId = randomUUID();
  await tx`
    insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
    values (
      ${sessionId}, ${userId}, now(), now(), 'aal1', ${origin.userAgent}, ${asInet(origin.ip)}
    )`;
  await tx`
    insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
    values (${randomUUID()}, ${sessionId}, now(), now(), ${method})`;
  await tx`update auth.users set last_sign_in_at = now(), updated_at = now() where id = ${userId}`;
  const refreshToken = await insertRefreshToken(tx, userId, sessionId, null);
  const { ip } = origin;
  return issueAccessToken(auth, tx, { userId, sessionId, refreshToken, method, ip });
}

/** Which sessions a sign-out ends: all of the user's, the current one, or all except the current one. */
export const scopes = ["global", "local", "others"] as const;
export type Scope = (typeof scopes)[number];

export async function endSessions(
  sql: Database,
  userId: string,
  sessionId: string | undefined,
  scope: Scope,
): Promise<void> {
  const session = sessionId ?? null;
  switch (scope) {
    case "global":
      await sql`delete from auth.sessions where user_id = ${userId}`;
      break;
    case "local":
      await sql`delete from auth.sessions where user_id = ${userId} and id = ${session}`;
      break;
    case "others":
      await sql`
        delete from auth.sessions where user_id = ${userId} and id is distinct from ${session}`;
  }
}

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

export async function insertRefreshToken(
  tx: TransactionSql,
  userId: string,
  sessionId: string,
  parent: string | null,
): Promise<string> {
  const token = Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)]).join("");
  await tx`
    insert into auth.refresh_tokens (
      instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id
    )
    values (
      '00000000-0000-0000-0000-000000000000', ${token}, ${userId}, false, now(), now(), ${parent},
      ${sessionId}
    )`;
  return token;
}

/** Returns an address that PostgreSQL accepts as `inet`, or null. */
export const asInet = (ip: string): string | null => (isIP(ip) === 0 ? null : ip);
