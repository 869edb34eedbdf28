/** The input of `auth.mfa.enroll`. */
export interface EnrolFactor {
  /** The user's password. Needed if the user signed in more than 15 minutes ago. */
  readonly password?: string | undefined;
  /** The only kind there is, as supabase-js has it. */
  readonly factorType?: "totp" | undefined;
  /** To choose between several factors. Each has a name of its own, and one of them can have none. */
  readonly friendlyName?: string | undefined;
  /** What the authenticator app shows as the name of the service; by default the host of the app. */
  readonly issuer?: string | undefined;
}

/** A new factor, which is added once a code of it is verified. */
export interface EnrolledFactor {
  readonly factorId: string;
  readonly friendlyName: string | null;
  /** An image for the authenticator app to scan, as a `data:` URL. */
  readonly qrCode: string;
  /** The same, to type in. Do not store it. */
  readonly secret: string;
  /** The same, to open on the device with the authenticator app. */
  readonly uri: string;
}

/** A started verification. */
export interface Challenge {
  readonly challengeId: string;
  readonly expiresAt: string;
}

/** A code of an authenticator app. */
export interface FactorCode {
  readonly factorId: string;
  /** Six digits. */
  readonly code: string;
}

/** A second factor of the user. */
export interface Factor {
  readonly id: string;
  readonly friendlyName: string | null;
  /** Only a `verified` factor counts. */
  readonly status: "verified" | "unverified";
  readonly createdAt: string;
}

/** The result of `auth.mfa.listFactors`. */
export interface FactorList {
  readonly factors: readonly Factor[];
}

/** How a session was verified: `aal1` with the password, `aal2` also with a code. */
export interface AssuranceLevels {
  readonly currentLevel: "aal1" | "aal2";
  /** `aal2` if the user has a verified factor. */
  readonly nextLevel: "aal1" | "aal2";
}
