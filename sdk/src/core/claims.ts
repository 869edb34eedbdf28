import { fromBase64Url } from "./base64.ts";

/** The claims of an OnSwift access token. */
export interface Claims {
  readonly sub: string;
  readonly email: string;
  /** Set by the backend from the profile. Unlike user metadata, users cannot change it. */
  readonly userType: "creator" | "talent";
  readonly session_id?: string;
  /** `aal2` once a code of a second factor is verified. */
  readonly aal?: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

/** Reads a token without verifying it: use the result for display, never to decide what a user may do. */
export function readClaims(token: string): Claims {
  return JSON.parse(utf8Of(fromBase64Url(token.split(".")[1] ?? ""))) as Claims;
}

/** Decodes UTF-8. React Native has no `TextDecoder`. */
const utf8Of = (bytes: readonly number[]): string =>
  decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
