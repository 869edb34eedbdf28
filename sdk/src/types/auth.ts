import type { UserType } from "./users.ts";

/** The account that signed up or in. */
export interface AccountCard {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly userType: UserType;
}

/** The result of a sign-up or sign-in. The SDK stores the tokens itself. */
export interface SignedIn {
  readonly user: AccountCard;
  /** A JWT, valid for 15 minutes. */
  readonly accessToken: string;
  /** An opaque token, valid for one renewal. */
  readonly refreshToken: string;
  /**
   * Set if the user has a second factor. Then verify a code of it with `auth.mfa.challengeAndVerify`; until then,
   * every other operation returns `MFA_REQUIRED`.
   */
  readonly mfaRequired?: true | undefined;
}

/** A renewed pair of tokens. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The input of `auth.signUp`. */
export interface SignUp {
  readonly email: string;
  /**
   * At least 8 characters and at most 72 bytes, with an uppercase letter, a lowercase letter, a number and a
   * special character. Not a common password.
   */
  readonly password: string;
  /** 1 to 255 characters. */
  readonly name: string;
  /** Cannot be changed later. */
  readonly userType: UserType;
  /** For creators only. At most 255 characters. */
  readonly companyName?: string | undefined;
}

/** The input of `auth.signIn`. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The current session. */
export interface Session {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly userType: UserType;
  };
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, as ISO 8601 in UTC. The SDK renews it before. */
  readonly expiresAt: string;
  /** As in {@link SignedIn}: set until a code of the user's second factor is verified, also after a restart. */
  readonly mfaRequired?: true | undefined;
}

/** A change of the session. `restored` is always the first event; its session is `null` if none was stored. */
export type SessionEvent = "restored" | "signedIn" | "signedOut" | "refreshed" | "updated";

/** Receives session changes. */
export type SessionListener = (event: SessionEvent, session: Session | null) => void;

/** Confirms what was done. */
export interface Confirmation {
  readonly message: string;
}

/** The result of `auth.verifyEmail`. */
export interface EmailVerified {
  readonly verified: true;
}

/** The input of `auth.resetPassword`. */
export interface ResetPassword {
  /** The token from the email. */
  readonly token: string;
  /** The same rules as for {@link SignUp.password}. */
  readonly newPassword: string;
}

/** The input of `auth.changePassword`. */
export interface ChangePassword {
  readonly currentPassword: string;
  /** The same rules as for {@link SignUp.password}. */
  readonly newPassword: string;
}

/** The input of `auth.changeEmail`. */
export interface ChangeEmail {
  /** The current password. */
  readonly password: string;
  readonly newEmail: string;
}

/** A session of the user on some device. */
export interface SignedInSession {
  readonly id: string;
  readonly createdAt: string;
  /** When its tokens were last renewed. */
  readonly lastUsedAt: string;
  readonly userAgent: string | null;
  readonly ipAddress: string | null;
  /** Whether it is the session of this client. */
  readonly current: boolean;
}

/** The result of `auth.sessions.list`. */
export interface SessionList {
  readonly sessions: readonly SignedInSession[];
}

/** An event of the security log. */
export interface SecurityEvent {
  readonly id: string;
  readonly type:
    | "signed_in"
    | "sign_in_failed"
    | "session_ended"
    | "password_changed"
    | "email_changed"
    | "factor_added"
    | "factor_removed"
    /** A wrong code, after the right password. */
    | "factor_failed";
  /** Whether it is the first sign-in with this user agent in the log. */
  readonly newDevice: boolean;
  readonly userAgent: string | null;
  readonly ipAddress: string | null;
  readonly createdAt: string;
}

/** A page of the security log. */
export interface SecurityEventList {
  readonly events: readonly SecurityEvent[];
  readonly hasMore: boolean;
}
