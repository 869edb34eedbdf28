import { authError } from "./auth-error.ts";
import type { Connection } from "./connection.ts";
import { OnSwiftError } from "./errors.ts";

/** Where a request's token comes from. It never falls back to the anonymous key by itself. */
export interface Tokens {
  /** The signed-in user's token, or `null` when nobody is signed in. */
  current(): Promise<string | null>;
  /** As `current`, but somebody has to be signed in. */
  required(): Promise<string>;
  /** The user has signed out: a missing session is no expired one from now on. */
  forget(): void;
}

export function tokensOf({ auth, headers }: Connection): Tokens {
  // A server that acts for one request's user hands the client that user's Authorization header.
  const fixed = headers.get("authorization")?.match(/^Bearer (?!sb_)(.+)$/i)?.[1];
  let expired = false;

  const current = async () => {
    if (fixed !== undefined) return fixed;
    const { data, error } = await auth.getSession();
    if (data.session) {
      expired = false;
      return data.session.access_token;
    }
    if (error) {
      // Offline or the backend down: the session stays and may be renewed later.
      if (error.name === "AuthRetryableFetchError") throw authError(error);
      // Refused: supabase-js has dropped the session, so the next call would look like nobody's.
      expired = true;
    }
    if (expired) throw sessionExpired(error);
    return null;
  };

  return {
    current,
    async required() {
      const token = await current();
      if (token === null) throw notAuthenticated();
      return token;
    },
    forget() {
      expired = false;
    },
  };
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
