import { Secret, TOTP } from "otpauth";
import { renderSVG } from "uqr";

/** What an authenticator app needs, in the three forms that a client can show. */
export interface TotpEnrolment {
  readonly qr_code: string;
  readonly secret: string;
  readonly uri: string;
}

/** What upstream uses and every authenticator app supports. */
const parameters = { algorithm: "SHA1", digits: 6, period: 30 } as const;

export function newTotp(issuer: string, account: string): TotpEnrolment {
  const secret = new Secret({ size: 20 });
  const uri = new TOTP({ issuer, label: account, secret, ...parameters }).toString();
  // Colours without `#`: supabase-js puts the image into a data URI as it is.
  const qr_code = renderSVG(uri, { ecc: "H", border: 4, whiteColor: "white", blackColor: "black" });
  return { qr_code, secret: secret.base32, uri };
}

/** Whether a code is that of the current half minute, the one before or the one after. */
export function isCodeOf(secret: string, code: string, now: number = Date.now()): boolean {
  const token = code.trim();
  if (!/^\d{6}$/.test(token)) return false;
  const totp = new TOTP({ secret: Secret.fromBase32(secret), ...parameters });
  return totp.validate({ token, timestamp: now, window: 1 }) !== null;
}
