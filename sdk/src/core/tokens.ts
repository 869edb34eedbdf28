import { authError } from "./auth-error.ts";
import type { AuthView, Connection, SessionView } from "./connection.ts";
import { OnSwiftError } from "./errors.ts";

/** Where a request's token comes from. It never falls back to the anonymous key by itself. */
export interface Tokens {
  /** The signed-in user's token, or `null` when nobody is signed in. */
  current(): Promise<string | null>;
  /** As `current`, but somebody has to be signed in. */
  required(): Promise<string>;
  /** A new token for one the backend refused; `null` when there is no session to renew. */
  renew(): Promise<string | null>;
  /** The user has signed out: a missing session is no expired one from now on. */
  forget(): void;
}

export function tokensOf({ auth, headers }: Connection): Tokens {
  // A server that acts for one request's user hands the client that user's Authorization header.
  const fixed = headers.get("authorization")?.match(/^Bearer (?!sb_)(.+)$/i)?.[1];
  const loss = fixed === undefined ? watchForLoss(auth) : { expired: false };

  const tokenIn = ({ data, error }: Awaited<ReturnType<AuthView["getSession"]>>) => {
    if (data.session) {
      loss.expired = false;
      return data.session.access_token;
    }
    // Offline or the backend down: the session stays and may be renewed later.
    if (error?.name === "AuthRetryableFetchError") throw authError(error);
    if (error) loss.expired = true;
    if (loss.expired) throw sessionExpired(error);
    return null;
  };
  const current = async () => fixed ?? tokenIn(await auth.getSession());

  return {
    current,
    async renew() {
      return fixed === undefined ? tokenIn(await auth.refreshSession()) : null;
    },
    async required() {
      const token = await current();
      if (token === null) throw notAuthenticated();
      return token;
    },
    forget() {
      loss.expired = false;
    },
  };
}

/**
 * supabase-js drops a session whose renewal is refused, also in the background, and from then on it looks
 * as if nobody had been signed in. What tells the two apart: a session that its user ends can still be
 * renewed, one that is dropped is past its time.
 */
function watchForLoss(auth: AuthView): { expired: boolean } {
  const loss = { expired: false };
  // Unknown until supabase-js has told what was stored.
  let known: SessionView | null | undefined;
  auth.onAuthStateChange((event, session) => {
    if (event === "SIGNED_OUT" && known !== null) loss.expired = isOver(known);
    known = session;
  });
  return loss;
}

function isOver(session: SessionView | undefined): boolean {
  return session?.expires_at === undefined || session.expires_at * 1000 <= Date.now();
}

export function notAuthenticated(): OnSwiftError {
  return new OnSwiftError({
    code: "NOT_AUTHENTICATED",
    status: 401,
    message: "Nobody is signed in.",
  });
}

function sessionExpired(cause: unknown): OnSwiftError {
  return new OnSwiftError({
    code: "SESSION_EXPIRED",
    status: 401,
    message: "The session has ended and could not be renewed; sign in again.",
    cause: cause ?? undefined,
  });
}
