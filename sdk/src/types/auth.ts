import type { UserType } from "./users.ts";

/** Who has signed up or in. */
export interface AccountCard {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly userType: UserType;
}

/** The answer to a sign-up or a sign-in. The SDK keeps the tokens itself. */
export interface SignedIn {
  readonly user: AccountCard;
  /** A JWT, valid for 15 minutes. */
  readonly accessToken: string;
  /** Opaque and good for one renewal. */
  readonly refreshToken: string;
}

/** A renewed pair of tokens. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A new account. */
export interface SignUp {
  readonly email: string;
  /** At least 8 characters with an uppercase and a lowercase letter, a number and a special character. */
  readonly password: string;
  readonly name: string;
  /** Fixed from here on. */
  readonly userType: UserType;
  /** Creators only. */
  readonly companyName?: string | undefined;
}

/** What one signs in with. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The session the SDK holds. */
export interface Session {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly userType: UserType;
  };
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token ends, ISO 8601 in UTC; the SDK renews it before. */
  readonly expiresAt: string;
}

/** What happened to the session. `restored` is the first event, with what was stored, be it nothing. */
export type SessionEvent = "restored" | "signedIn" | "signedOut" | "refreshed" | "updated";

/** Hears of every change of the session. */
export type SessionListener = (event: SessionEvent, session: Session | null) => void;

/** A sentence that says what was done. */
export interface Confirmation {
  readonly message: string;
}

/** A new password with the token from the mail. */
export interface ResetPassword {
  readonly token: string;
  readonly newPassword: string;
}
