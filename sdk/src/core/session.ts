import type { Session, SessionEvent, TokenPair } from "../types/auth.ts";
import { authError } from "./auth-error.ts";
import { readClaims } from "./claims.ts";
import type { AuthFailure, SessionView } from "./connection.ts";

const events: Readonly<Record<string, SessionEvent>> = {
  INITIAL_SESSION: "restored",
  SIGNED_IN: "signedIn",
  SIGNED_OUT: "signedOut",
  TOKEN_REFRESHED: "refreshed",
};

/** supabase-js's name for a change, as ours. */
export function eventOf(name: string): SessionEvent {
  return events[name] ?? "updated";
}

/** The data of an answer of supabase-js; its error is thrown as ours. */
export function succeeded<T>(answer: { readonly data: T; readonly error: AuthFailure | null }): T {
  if (answer.error) throw authError(answer.error);
  return answer.data;
}

export function tokenPair(session: SessionView): TokenPair {
  return { accessToken: session.access_token, refreshToken: session.refresh_token };
}

export function sessionOf(session: SessionView): Session {
  const { sub, email, userType, exp } = readClaims(session.access_token);
  return {
    user: { id: sub, email, userType },
    ...tokenPair(session),
    expiresAt: new Date(exp * 1000).toISOString(),
  };
}
