/** What an OnSwift access token says about its owner. */
export interface Claims {
  readonly sub: string;
  readonly email: string;
  /** Written by the backend from the profile; unlike the user's own metadata it cannot be forged. */
  readonly userType: "creator" | "talent";
  /** Seconds since 1970. */
  readonly exp: number;
}

/** Reads a token without verifying it: good for display, never for a decision about rights. */
export function readClaims(token: string): Claims {
  const payload = token.split(".")[1] ?? "";
  const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
