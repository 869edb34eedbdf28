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

/** Lets the 90 seconds pass in which no other code of the user is accepted. */
export async function forgetLastCode(sql: Sql, userId: string): Promise<void> {
  await sql`
    update private.second_factors as f set code_used_at = now() - interval '91 seconds'
    from auth.mfa_factors as m where m.id = f.factor_id and m.user_id = ${userId}`;
}
