import type { Session, SessionEvent, SessionListener, TokenPair } from "../types/auth.ts";
import { type AuthErrorContext, authError } from "./auth-error.ts";
import { readClaims } from "./claims.ts";
import type { AuthFailure, AuthView, SessionView } from "./connection.ts";

const events: Readonly<Record<string, SessionEvent>> = {
  INITIAL_SESSION: "restored",
  SIGNED_IN: "signedIn",
  SIGNED_OUT: "signedOut",
  TOKEN_REFRESHED: "refreshed",
};

/** Subscribes a listener to the session changes of supabase-js. Returns a function that unsubscribes it. */
export function onSessionChange(auth: AuthView, listener: SessionListener): () => void {
  let ended = false;
  const { subscription } = auth.onAuthStateChange((event, session) => {
    // supabase-js reports the end of a session twice if the sign-out found that it could not be renewed.
    const repeats = event === "SIGNED_OUT" && ended;
    ended = event === "SIGNED_OUT" || (ended && session === null);
    if (repeats) return;
    try {
      listener(events[event] ?? "updated", session && sessionOf(session));
    } catch (error) {
      // Thrown outside of supabase-js, so that it becomes an ordinary uncaught error.
      setTimeout(() => {
        throw error;
      });
    }
  }).data;
  return () => subscription.unsubscribe();
}

/** Returns the data of a supabase-js response, or throws its error as an `OnSwiftError`. */
export function dataOrThrow<T>(
  response:
    | { readonly data: T; readonly error: AuthFailure | null }
    | { readonly data: null; readonly error: AuthFailure },
  context?: AuthErrorContext,
): T {
  if (response.error) throw authError(response.error, context);
  return response.data as T;
}

export function tokenPair(session: SessionView): TokenPair {
  return { accessToken: session.access_token, refreshToken: session.refresh_token };
}

export function sessionOf(session: SessionView): Session {
  const { sub, email, userType, exp, aal } = readClaims(session.access_token);
  const hasFactor = session.user?.factors?.some(({ status }) => status === "verified");
  return {
    user: { id: sub, email, userType },
    ...tokenPair(session),
    expiresAt: new Date(exp * 1000).toISOString(),
    ...(hasFactor && aal !== "aal2" ? { mfaRequired: true } : {}),
  };
}
