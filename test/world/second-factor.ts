import { Secret, TOTP } from "otpauth";
import type { Sql } from "postgres";

/** What an authenticator app shows. */
export const codeOf = (secret: string): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate();

/** A code that is right neither now nor around now. */
export function wrongCodeOf(secret: string): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  for (let number = 0; ; number += 1) {
    const token = String(number).padStart(6, "0");
    if (totp.validate({ token, window: 3 }) === null) return token;
  }
}

/** Makes the sign-ins of a user too old to add a factor. */
export async function signedInLongAgo(sql: Sql, userId: string): Promise<void> {
  await sql`
    update auth.mfa_amr_claims as a set created_at = a.created_at - interval '16 minutes'
    from auth.sessions as s where s.id = a.session_id and s.user_id = ${userId}`;
}
