import { authError } from "./auth-error.ts";
import * as authMessages from "./auth-messages.ts";
import type { AuthView, Connection, SessionView } from "./connection.ts";
import { OnSwiftError } from "./errors.ts";

/** Provides the token of a request. Never falls back to the publishable key for a signed-in user. */
export interface Tokens {
  /** Returns the signed-in user's token, or `null` if no user is signed in. */
  current(): Promise<string | null>;
  /** Like `current`, but throws `NOT_AUTHENTICATED` if no user is signed in. */
  required(): Promise<string>;
  /** Returns a new token after the backend rejected one; `null` if there is no session to renew. */
  renew(): Promise<string | null>;
  /** Runs work of supabase-js that may renew the session. Rejects as soon as a renewal fails. */
  through<T>(work: () => Promise<T>): Promise<T>;
  /** Runs a sign-out on this device, which needs no network. */
  ending<T>(signOut: () => Promise<T>): Promise<T>;
  /** Notes that the user signed out: from now on, a missing session does not count as expired. */
  noteSignOut(): void;
}

export function tokensOf({ auth, headers, renewal }: Connection): Tokens {
  // On a server, the client has the Authorization header of the request's user.
  const fixed = headers.authorization?.match(/^Bearer (?!sb_)(.+)$/i)?.[1];
  const session = fixed === undefined ? watchForExpiry(auth) : { expired: false };

  const tokenIn = ({ data, error }: Awaited<ReturnType<AuthView["getSession"]>>) => {
    if (data.session) {
      session.expired = false;
      return data.session.access_token;
    }
    // Offline, or the backend is down: the session stays and can be renewed later.
    if (error?.name === "AuthRetryableFetchError") throw authError(error);
    if (error) session.expired = true;
    if (session.expired) throw sessionExpired(error);
    return null;
  };
  const through = <T>(work: () => Promise<T>): Promise<T> => {
    if (renewal) return renewal.race(work);
    forgetFailure(auth);
    return work();
  };
  const current = async () => fixed ?? tokenIn(await through(() => auth.getSession()));

  return {
    current,
    through,
    ending: (signOut) => (renewal ? renewal.giveUpDuring(signOut) : signOut()),
    async renew() {
      return fixed === undefined ? tokenIn(await through(() => auth.refreshSession())) : null;
    },
    async required() {
      const token = await current();
      if (token === null) throw notAuthenticated();
      return token;
    },
    noteSignOut() {
      session.expired = false;
    },
  };
}

/**
 * supabase-js answers with a failed renewal for a minute without trying again. This forgets the failure, for clients
 * of the app, whose requests the SDK does not see. A version without this field does not keep failures.
 */
function forgetFailure(auth: AuthView): void {
  if ("lastRefreshFailure" in auth) auth.lastRefreshFailure = null;
}

/**
 * supabase-js drops a session when its renewal is refused, also in the background. From then on, its state
 * is the same as after a sign-out. This function distinguishes the two: the access token of a dropped session
 * has expired, that of a session the user ended usually has not.
 */
function watchForExpiry(auth: AuthView): { expired: boolean } {
  const state = { expired: false };
  // `undefined` until supabase-js has loaded the stored session.
  let known: SessionView | null | undefined;
  auth.onAuthStateChange((event, session) => {
    if (event === "SIGNED_OUT" && known !== null) state.expired = hasExpired(known);
    known = session;
  });
  return state;
}

function hasExpired(session: SessionView | undefined): boolean {
  return session?.expires_at === undefined || session.expires_at * 1000 <= Date.now();
}

export function notAuthenticated(): OnSwiftError {
  return new OnSwiftError({
    code: "NOT_AUTHENTICATED",
    status: 401,
    message: authMessages.signInRequired,
  });
}

function sessionExpired(cause: unknown): OnSwiftError {
  return new OnSwiftError({
    code: "SESSION_EXPIRED",
    status: 401,
    message: "The session has expired and could not be renewed. Sign in again.",
    cause: cause ?? undefined,
  });
}
