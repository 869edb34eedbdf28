import type { TransactionSql } from "postgres";
import type { Auth } from "./context.ts";
import { presentUser } from "./presentation.ts";
import { findUserById, type UserRow } from "./users.ts";

/** Response body of every request that signs a user in. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: "bearer";
  readonly expires_in: number;
  readonly expires_at: number;
  readonly refresh_token: string;
  readonly user: Record<string, unknown>;
}

export interface Grant {
  readonly userId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  /** Authentication method (`password`, `otp`, …), or `token_refresh`. */
  readonly method: string;
  readonly ip: string;
}

/** Authentication methods that raise a session to `aal2`. */
const secondFactors: ReadonlySet<string> = new Set(["totp", "mfa/phone", "mfa/webauthn"]);

/** Signs an access token for a session. The `custom_access_token` hook, if enabled, replaces the claims. */
export async function issueAccessToken(
  auth: Auth,
  tx: TransactionSql,
  grant: Grant,
): Promise<TokenResponse> {
  const { jwt_expiry: expiresIn } = auth.settings.config.auth;
  const { userId, sessionId, method } = grant;
  const user = (await findUserById(tx, userId)) as UserRow;
  const amr = await tx<{ method: string; timestamp: number }[]>`
    select authentication_method as method, floor(extract(epoch from updated_at))::int as timestamp
    from auth.mfa_amr_claims where session_id = ${sessionId} order by updated_at desc`;
  const issuedAt = Math.floor(Date.now() / 1000);
  const expiresAt = issuedAt + expiresIn;
  const claims = await auth.hooks.customAccessToken(
    tx,
    {
      user_id: userId,
      claims: {
        iss: `${auth.settings.apiUrl}/auth/v1`,
        sub: userId,
        aud: user.aud ?? "authenticated",
        exp: expiresAt,
        iat: issuedAt,
        email: user.email ?? "",
        phone: user.phone ?? "",
        app_metadata: user.raw_app_meta_data ?? {},
        user_metadata: user.raw_user_meta_data ?? {},
        role: user.role ?? "",
        aal: amr.some(({ method }) => secondFactors.has(method)) ? "aal2" : "aal1",
        amr: amr.map((entry) => ({ method: entry.method, timestamp: entry.timestamp })),
        session_id: sessionId,
        is_anonymous: user.is_anonymous,
      },
      authentication_method: method,
    },
    grant.ip,
  );
  return {
    access_token: await auth.signer.sign(claims),
    token_type: "bearer",
    expires_in: expiresIn,
    expires_at: expiresAt,
    refresh_token: grant.refreshToken,
    user: await presentUser(tx, userId),
  };
}
