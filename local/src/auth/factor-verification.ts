import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { issueAccessToken, type TokenResponse } from "./access-token.ts";
import type { Auth } from "./context.ts";
import { AuthError } from "./errors.ts";
import type { FactorRow } from "./factors.ts";
import { type Bearer, isUuid, sessionNotFound } from "./request.ts";
import { asInet, endSessions, insertRefreshToken } from "./sessions.ts";
import type { Origin } from "./shapes.ts";
import { isCodeOf } from "./totp.ts";

const challengeLifetime = 300;

export interface Challenge {
  readonly id: string;
  readonly type: string;
  readonly expires_at: number;
}

/** Starts a verification. It can only be completed from the same client address. */
export async function openChallenge(
  auth: Auth,
  factor: FactorRow,
  origin: Origin,
): Promise<Challenge> {
  const id = randomUUID();
  await auth.sql.begin(async (tx) => {
    await tx`
      insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
      values (${id}, ${factor.id}, now(), ${addressOf(origin)})`;
    // The column is unique, and the time of a transaction is not.
    await tx`
      update auth.mfa_factors set last_challenged_at = clock_timestamp() where id = ${factor.id}`;
  });
  const expires_at = Math.floor(Date.now() / 1000) + challengeLifetime;
  return { id, type: factor.factor_type, expires_at };
}

interface ChallengeRow {
  readonly expired: boolean;
  readonly usable: boolean;
}

/** Throws unless the challenge is unused, less than five minutes old and from this client address. */
export async function requireChallenge(
  auth: Auth,
  factor: FactorRow,
  challengeId: string,
  origin: Origin,
): Promise<void> {
  const [challenge] = isUuid(challengeId)
    ? await auth.sql<ChallengeRow[]>`
        select
          created_at + ${challengeLifetime} * interval '1 second' < now() as expired,
          verified_at is null and ip_address = ${addressOf(origin)} as usable
        from auth.mfa_challenges where id = ${challengeId} and factor_id = ${factor.id}`
    : [];
  if (challenge === undefined) {
    const message = "MFA factor with the provided challenge ID not found";
    throw new AuthError(422, "mfa_factor_not_found", message);
  }
  if (!challenge.usable) throw mismatch();
  if (challenge.expired) {
    await auth.sql`delete from auth.mfa_challenges where id = ${challengeId}`;
    throw new AuthError(
      422,
      "mfa_challenge_expired",
      `MFA challenge ${challengeId} has expired, verify against another challenge or create a new challenge.`,
    );
  }
}

/** Checks a code and asks the hook, which may reject a right code too. */
export async function requireCode(
  auth: Auth,
  factor: FactorRow,
  code: string,
  origin: Origin,
): Promise<void> {
  const valid = isCodeOf(factor.secret ?? "", code);
  const decision = await auth.hooks.factorAttempt(
    { user_id: factor.user_id, factor_id: factor.id, factor_type: factor.factor_type, valid },
    origin.ip,
  );
  if (decision.rejection !== undefined) {
    await endSessions(auth.sql, factor.user_id, undefined, "global");
    throw new AuthError(403, "mfa_verification_rejected", decision.rejection);
  }
  if (!valid) throw new AuthError(422, "mfa_verification_failed", "Invalid TOTP code entered");
}

/**
 * Raises the session to `aal2`: uses the challenge up, verifies the factor if it is new, and ends the sessions
 * that have no second factor.
 */
export async function completeChallenge(
  auth: Auth,
  { user, session }: Bearer,
  factor: FactorRow,
  challengeId: string,
  origin: Origin,
): Promise<TokenResponse> {
  return auth.sql.begin(async (tx) => {
    const [live] = await tx`select from auth.sessions where id = ${session.id} for update`;
    if (live === undefined) throw sessionNotFound();
    const [used] = await tx`
      update auth.mfa_challenges set verified_at = now()
      where id = ${challengeId} and factor_id = ${factor.id} and verified_at is null
      returning id`;
    if (used === undefined) throw mismatch();
    await tx`
      update auth.mfa_factors set status = 'verified', updated_at = now()
      where id = ${factor.id} and status <> 'verified'`;
    await raise(tx, session.id, factor);
    await tx`delete from auth.sessions where user_id = ${user.id} and aal < 'aal2'`;
    await tx`
      delete from auth.mfa_factors
      where user_id = ${user.id} and status = 'unverified' and factor_type = ${factor.factor_type}`;
    // Earlier refresh tokens end: whoever has one must not receive the stronger session in exchange.
    await tx`delete from auth.refresh_tokens where session_id = ${session.id}`;
    const refreshToken = await insertRefreshToken(tx, user.id, session.id, null);
    const method = factor.factor_type;
    const { ip } = origin;
    return issueAccessToken(auth, tx, {
      userId: user.id,
      sessionId: session.id,
      refreshToken,
      method,
      ip,
    });
  });
}

async function raise(tx: TransactionSql, sessionId: string, factor: FactorRow): Promise<void> {
  await tx`
    insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
    values (${randomUUID()}, ${sessionId}, now(), now(), ${factor.factor_type})
    on conflict (session_id, authentication_method) do update set updated_at = now()`;
  await tx`
    update auth.sessions set aal = 'aal2', factor_id = ${factor.id}, updated_at = now()
    where id = ${sessionId}`;
}

const mismatch = () =>
  new AuthError(422, "mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch.");

const addressOf = ({ ip }: Origin): string => asInet(ip) ?? "127.0.0.1";
