import type { TransactionSql } from "postgres";
import { milliseconds } from "../config.ts";
import { issueAccessToken, type TokenResponse } from "./access-token.ts";
import type { Auth } from "./context.ts";
import { AuthError, databaseCode } from "./errors.ts";
import { asInet, insertRefreshToken } from "./sessions.ts";
import type { Origin } from "./shapes.ts";
import { findUserById, isBanned, userBanned } from "./users.ts";

interface SessionRow {
  readonly id: string;
  readonly created_at: Date;
  readonly refreshed_at: Date | null;
}

interface RefreshTokenRow {
  readonly id: string;
  readonly token: string;
  readonly parent: string | null;
  readonly revoked: boolean;
  readonly session_id: string;
  readonly user_id: string;
  readonly updated_at: Date;
}

/**
 * Exchanges a refresh token for new tokens. Locks the session's row first: of several concurrent refreshes
 * one rotates the token, and the others receive the token it created.
 */
export async function refreshSession(
  auth: Auth,
  refreshToken: string,
  origin: Origin,
): Promise<TokenResponse> {
  const tokens = await auth.sql
    .begin((tx) => exchange(auth, tx, refreshToken, origin))
    .catch((error) => {
      throw databaseCode(error) === lockNotAvailable ? conflict() : error;
    });
  // Throws only after the commit, because throwing inside would roll back the revocation of the family.
  if (tokens === undefined) throw invalidRefreshToken("refresh_token_already_used", "Already Used");
  return tokens;
}

async function exchange(
  auth: Auth,
  tx: TransactionSql,
  refreshToken: string,
  origin: Origin,
): Promise<TokenResponse | undefined> {
  await tx`set local lock_timeout = '5s'`;
  const [session] = await tx<SessionRow[]>`
    select id, created_at, refreshed_at at time zone 'utc' as refreshed_at
    from auth.sessions
    where id = (select session_id from auth.refresh_tokens where token = ${refreshToken})
    for update`;
  const [token] = await tx<RefreshTokenRow[]>`
    select * from auth.refresh_tokens where token = ${refreshToken}`;
  const user = token && (await findUserById(tx, token.user_id));
  if (session === undefined || token === undefined || user === undefined) {
    throw invalidRefreshToken("refresh_token_not_found", "Refresh Token Not Found");
  }
  if (isBanned(user)) throw userBanned(400, "Invalid Refresh Token: User Banned");
  requireUnexpiredSession(auth, session);

  const newToken = token.revoked ? await findReplacement(auth, tx, token) : await rotate(tx, token);
  if (newToken === undefined) return undefined;
  const { ip, userAgent } = origin;
  await tx`
    update auth.sessions
    set refreshed_at = now() at time zone 'utc', updated_at = now(),
      user_agent = ${userAgent}, ip = ${asInet(ip)}
    where id = ${session.id}`;
  const method = "token_refresh";
  const grant = { userId: user.id, sessionId: session.id, refreshToken: newToken, method, ip };
  return issueAccessToken(auth, tx, grant);
}

async function rotate(tx: TransactionSql, token: RefreshTokenRow): Promise<string> {
  await tx`
    update auth.refresh_tokens set revoked = true, updated_at = now() where id = ${token.id}`;
  return insertRefreshToken(tx, token.user_id, token.session_id, token.token);
}

/**
 * Returns the active token for a revoked one if the active token is its direct successor (the response may
 * have been lost) or if it was revoked within the reuse interval. Otherwise the token may be stolen: returns
 * undefined, and with rotation enabled revokes the whole family.
 */
async function findReplacement(
  auth: Auth,
  tx: TransactionSql,
  token: RefreshTokenRow,
): Promise<string | undefined> {
  const { config } = auth.settings;
  const [active] = await tx<RefreshTokenRow[]>`
    select * from auth.refresh_tokens
    where session_id = ${token.session_id} and not revoked
    order by id desc limit 1`;
  const age = Date.now() - token.updated_at.getTime();
  const isRecent = age <= config.auth.refresh_token_reuse_interval * 1000;
  if (active !== undefined && (active.parent === token.token || isRecent)) return active.token;
  if (config.auth.enable_refresh_token_rotation) {
    await tx`
      update auth.refresh_tokens set revoked = true, updated_at = now()
      where session_id = ${token.session_id} and not revoked`;
  }
  return undefined;
}

function requireUnexpiredSession(auth: Auth, session: SessionRow): void {
  const { timebox, inactivity_timeout } = auth.settings.config.auth.sessions;
  const isOver = (since: Date, limit: string) => {
    const allowed = milliseconds(limit);
    return allowed > 0 && Date.now() - since.getTime() > allowed;
  };
  if (isOver(session.created_at, timebox)) {
    throw invalidRefreshToken("session_expired", "Session Expired");
  }
  if (isOver(session.refreshed_at ?? session.created_at, inactivity_timeout)) {
    throw invalidRefreshToken("session_expired", "Session Expired (Inactivity)");
  }
}

const invalidRefreshToken = (code: string, why: string) =>
  new AuthError(400, code, `Invalid Refresh Token: ${why}`);

const lockNotAvailable = "55P03";

const conflict = () =>
  new AuthError(
    409,
    "conflict",
    "Too many concurrent token refresh requests on the same session or refresh token",
  );
