/** The claims of an OnSwift access token. */
export interface Claims {
  readonly sub: string;
  readonly email: string;
  /** Set by the backend from the profile. Unlike user metadata, users cannot change it. */
  readonly userType: "creator" | "talent";
  /** Seconds since 1970. */
  readonly exp: number;
}

/** Reads a token without verifying it: use the result for display, never to decide what a user may do. */
export function readClaims(token: string): Claims {
  const payload = token.split(".")[1] ?? "";
  const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
