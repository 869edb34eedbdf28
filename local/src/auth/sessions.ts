import { randomInt, randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { milliseconds } from "../config.ts";
import type { Auth, Origin } from "./context.ts";
import { AuthError } from "./errors.ts";
import { findUserById, isBanned, presentUser, type UserRow, userBanned } from "./users.ts";

/** The body of every answer that signs somebody in. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: "bearer";
  readonly expires_in: number;
  readonly expires_at: number;
  readonly refresh_token: string;
  readonly user: Record<string, unknown>;
}

interface SessionRow {
  readonly id: string;
  readonly created_at: Date;
  readonly refreshed_at: Date | null;
  readonly aal: string;
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

/** Signs somebody in: a session, its first refresh token and an access token. */
export async function openSession(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  method: string,
  origin: Origin,
): Promise<TokenResponse> {
  const id = randomUUID();
  await tx`
    insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
    values (${id}, ${user.id}, now(), now(), 'aal1', ${origin.userAgent}, ${asInet(origin.ip)})`;
  await tx`
    insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
    values (${randomUUID()}, ${id}, now(), now(), ${method})`;
  await tx`update auth.users set last_sign_in_at = now(), updated_at = now() where id = ${user.id}`;
  const token = await insertRefreshToken(tx, user.id, id, null);
  const session = { id, created_at: new Date(), refreshed_at: null, aal: "aal1" };
  return respond(auth, tx, user.id, session, token, method, origin);
}

/**
 * Exchanges a refresh token. The session's row is locked first, so that of many refreshes at once one
 * rotates and the others get what it made.
 */
export async function refreshSession(
  auth: Auth,
  given: string,
  origin: Origin,
): Promise<TokenResponse> {
  const outcome = await auth.sql.begin(async (tx) => {
    const [found] = await tx<{ session_id: string }[]>`
      select session_id from auth.refresh_tokens where token = ${given}`;
    const [session] = await tx<SessionRow[]>`
      select id, created_at, refreshed_at at time zone 'utc' as refreshed_at, aal
      from auth.sessions where id = ${found?.session_id ?? null} for update`;
    const [token] = await tx<RefreshTokenRow[]>`
      select * from auth.refresh_tokens where token = ${given}`;
    if (session === undefined || token === undefined) throw notFound();
    const user = await findUserById(tx, token.user_id);
    if (user === undefined) throw notFound();
    if (isBanned(user)) throw userBanned(400);
    refuseExpired(auth, session);

    const current = token.revoked
      ? await stillUsable(auth, tx, token)
      : await rotate(auth, tx, token);
    // Refused only after the commit below: a family that is revoked must stay so.
    if (current === undefined) return undefined;
    await tx`
      update auth.sessions
      set refreshed_at = now() at time zone 'utc', updated_at = now(),
        user_agent = ${origin.userAgent}, ip = ${asInet(origin.ip)}
      where id = ${session.id}`;
    return respond(auth, tx, user.id, session, current, "token_refresh", origin);
  });
  if (outcome === undefined) {
    const sentence = "Invalid Refresh Token: Already Used";
    throw new AuthError(400, "refresh_token_already_used", sentence);
  }
  return outcome as TokenResponse;
}

/** Which sessions a sign-out ends. */
export type Scope = "global" | "local" | "others";

export async function endSessions(
  tx: TransactionSql,
  userId: string,
  sessionId: string | undefined,
  scope: Scope,
): Promise<void> {
  const session = sessionId ?? null;
  switch (scope) {
    case "global":
      await tx`delete from auth.sessions where user_id = ${userId}`;
      break;
    case "local":
      await tx`delete from auth.sessions where user_id = ${userId} and id = ${session}`;
      break;
    case "others":
      await tx`
        delete from auth.sessions where user_id = ${userId} and id is distinct from ${session}`;
  }
}

const notFound = () =>
  new AuthError(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");

function refuseExpired(auth: Auth, session: SessionRow): void {
  const { timebox, inactivity_timeout } = auth.settings.config.auth.sessions;
  const over = (since: Date, limit: string) => {
    const allowed = milliseconds(limit);
    return allowed > 0 && Date.now() - since.getTime() > allowed;
  };
  if (over(session.created_at, timebox)) throw sessionExpired("Session Expired");
  if (over(session.refreshed_at ?? session.created_at, inactivity_timeout)) {
    throw sessionExpired("Session Expired (Inactivity)");
  }
}

const sessionExpired = (why: string) =>
  new AuthError(400, "session_expired", `Invalid Refresh Token: ${why}`);

async function rotate(auth: Auth, tx: TransactionSql, token: RefreshTokenRow): Promise<string> {
  if (!auth.settings.config.auth.enable_refresh_token_rotation) return token.token;
  await tx`
    update auth.refresh_tokens set revoked = true, updated_at = now() where id = ${token.id}`;
  return insertRefreshToken(tx, token.user_id, token.session_id, token.token);
}

/**
 * A used token is forgiven when its successor was never used (the answer may have been lost) and within
 * the reuse interval. Otherwise somebody may have stolen it: the whole family ends.
 */
async function stillUsable(
  auth: Auth,
  tx: TransactionSql,
  token: RefreshTokenRow,
): Promise<string | undefined> {
  const [active] = await tx<RefreshTokenRow[]>`
    select * from auth.refresh_tokens
    where session_id = ${token.session_id} and not revoked
    order by id desc limit 1`;
  const interval = auth.settings.config.auth.refresh_token_reuse_interval * 1000;
  const isRecent = Date.now() - token.updated_at.getTime() <= interval;
  if (active !== undefined && (active.parent === token.token || isRecent)) return active.token;
  await tx`
    update auth.refresh_tokens set revoked = true, updated_at = now()
    where session_id = ${token.session_id} and not revoked`;
  return undefined;
}

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

async function insertRefreshToken(
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

async function respond(
  auth: Auth,
  tx: TransactionSql,
  userId: string,
  session: SessionRow,
  refreshToken: string,
  method: string,
  origin: Origin,
): Promise<TokenResponse> {
  const { jwt_expiry: expiresIn } = auth.settings.config.auth;
  const user = (await findUserById(tx, userId)) as UserRow;
  const amr = await tx<{ method: string; timestamp: number }[]>`
    select authentication_method as method, extract(epoch from created_at)::int as timestamp
    from auth.mfa_amr_claims where session_id = ${session.id} order by created_at desc`;
  const issuedAt = Math.floor(Date.now() / 1000);
  const claims = await auth.hooks.customAccessToken(
    tx,
    {
      user_id: userId,
      authentication_method: method,
      claims: {
        iss: `${auth.settings.apiUrl}/auth/v1`,
        sub: userId,
        aud: user.aud ?? "authenticated",
        exp: issuedAt + expiresIn,
        iat: issuedAt,
        email: user.email ?? "",
        phone: user.phone ?? "",
        app_metadata: user.raw_app_meta_data ?? {},
        user_metadata: user.raw_user_meta_data ?? {},
        role: user.role ?? "",
        aal: session.aal,
        amr: amr.map((entry) => ({ method: entry.method, timestamp: entry.timestamp })),
        session_id: session.id,
        is_anonymous: user.is_anonymous,
      },
    },
    origin.ip,
  );
  return {
    access_token: await auth.signer.sign(claims),
    token_type: "bearer",
    expires_in: expiresIn,
    expires_at: issuedAt + expiresIn,
    refresh_token: refreshToken,
    user: await presentUser(tx, userId),
  };
}

/** An address PostgreSQL takes, or nothing. */
const asInet = (ip: string): string | null => (/^[0-9a-fA-F.:]+$/.test(ip) ? ip : null);
