import { pick } from "./core/arguments.ts";
import { authError } from "./core/auth-error.ts";
import type { Backend } from "./core/backend.ts";
import type { AuthView, SessionView } from "./core/connection.ts";
import type { Deadline } from "./core/deadline.ts";
import { OnSwiftError } from "./core/errors.ts";
import type { CallOptions } from "./core/options.ts";
import { Recovery } from "./core/recovery.ts";
import { type Call, call } from "./core/result.ts";
import { eventOf, sessionOf, succeeded, tokenPair } from "./core/session.ts";
import { notAuthenticated } from "./core/tokens.ts";
import type { Realtime } from "./realtime/realtime.ts";
import type {
  Confirmation,
  Credentials,
  ResetPassword,
  Session,
  SessionListener,
  SignedIn,
  SignUp,
  TokenPair,
} from "./types/auth.ts";
import type { Me } from "./types/users.ts";

/**
 * Accounts and the session. The session lives in the supabase-js client, which stores and renews it.
 *
 * Sign-up, sign-in and sign-out are never retried. A call that was aborted or ran out of time may still
 * have reached the backend, as with any write.
 */
export class Auth {
  readonly #backend: Backend;
  readonly #recovery: Recovery;
  readonly #realtime: Realtime;

  /** @internal */
  constructor(backend: Backend, realtime: Realtime) {
    this.#backend = backend;
    this.#realtime = realtime;
    this.#recovery = new Recovery(backend);
  }

  /**
   * Makes an account and signs in to it. A mail asks the user to verify the address; nothing waits for it.
   *
   * Errors: `VALIDATION_ERROR`, `WEAK_PASSWORD`, `EMAIL_EXISTS`, `RATE_LIMITED`.
   * @example
   * ```ts
   * const { data, error } = await onswift.auth.signUp({
   *   email: "alia@example.com",
   *   password: "Str0ng-enough!",
   *   name: "Alia Vance",
   *   userType: "talent",
   * });
   * if (error?.code === "EMAIL_EXISTS") showSignIn();
   * ```
   */
  signUp(account: SignUp, options?: CallOptions): Call<SignedIn> {
    return this.#call(options, async (auth, deadline) => {
      pick(account, "email", "password", "name", "userType", "companyName");
      const { email, password, ...data } = account;
      const answer = await auth.signUp({ email, password, options: { data } });
      const { session, user } = succeeded(answer);
      if (session) return this.#signedIn(session, deadline, options);
      // Only a project that wants addresses confirmed first comes here; it hides who is known already.
      if (user?.identities?.length === 0) throw emailExists();
      throw notAuthenticated();
    });
  }

  /**
   * Signs in with e-mail address and password.
   *
   * Errors: `INVALID_CREDENTIALS`, `RATE_LIMITED` after five failures within 15 minutes.
   */
  signIn(credentials: Credentials, options?: CallOptions): Call<SignedIn> {
    return this.#call(options, async (auth, deadline) => {
      const { email, password } = pick(credentials, "email", "password");
      const { session } = succeeded(await auth.signInWithPassword({ email, password }));
      if (!session) throw notAuthenticated();
      return this.#signedIn(session, deadline, options);
    });
  }

  /**
   * Ends this session, with `scope: "global"` every session of the user, with `"others"` all but this one.
   * Nobody signed in is no error.
   */
  signOut(
    { scope = "local" }: { readonly scope?: "local" | "global" | "others" | undefined } = {},
    options?: CallOptions,
  ): Call<null> {
    return this.#call(options, async (auth) => {
      const end = async () => {
        const { error } = await auth.signOut({ scope });
        if (error && error.name !== "AuthSessionMissingError") throw authError(error);
      };
      if (scope === "others") await end();
      else {
        await this.#realtime.leaving(end);
        this.#backend.tokens.forget();
      }
      return null;
    });
  }

  /**
   * Renews the tokens now. The SDK does so by itself before they end; this is for an app that wants the
   * claims of a new token at once, or that brings a refresh token of its own.
   *
   * Errors: `INVALID_REFRESH_TOKEN`, `NOT_AUTHENTICATED`.
   */
  refresh(
    { refreshToken }: { readonly refreshToken?: string | undefined } = {},
    options?: CallOptions,
  ): Call<TokenPair> {
    return this.#call(options, async (auth) => {
      const current = refreshToken === undefined ? undefined : { refresh_token: refreshToken };
      const { session } = succeeded(await auth.refreshSession(current));
      if (!session) throw notAuthenticated();
      return tokenPair(session);
    });
  }

  /**
   * Sends a mail with a token to reset the password. The answer is the same for an unknown address.
   *
   * Errors: `RATE_LIMITED`, `VALIDATION_ERROR`.
   */
  forgotPassword(account: { readonly email: string }, options?: CallOptions): Call<Confirmation> {
    return call(() => this.#recovery.request(account.email, options));
  }

  /**
   * Sets a new password with the token from the mail, which is good for one hour and one use, and ends
   * every session of that user. It does not sign in.
   *
   * Errors: `INVALID_RESET_TOKEN`, `WEAK_PASSWORD`; after the latter the same client may try
   * the token again with a better password.
   */
  resetPassword(reset: ResetPassword, options?: CallOptions): Call<Confirmation> {
    return call(() => this.#recovery.reset(reset, options));
  }

  /**
   * The session as it is held here, renewed if need be; `null` when nobody is signed in.
   *
   * Errors: `SESSION_EXPIRED`.
   */
  getSession(options?: CallOptions): Call<Session | null> {
    return this.#call(options, async (auth) => {
      if ((await this.#backend.tokens.current()) === null) return null;
      const { session } = succeeded(await auth.getSession());
      return session && sessionOf(session);
    });
  }

  /**
   * Tells every change of the session from now on, beginning with what is stored. Returns its own stop
   * function. A listener that throws stops neither the others nor the SDK.
   */
  onChange(listener: SessionListener): () => void {
    const { subscription } = this.#auth.onAuthStateChange((event, session) => {
      try {
        listener(eventOf(event), session && sessionOf(session));
      } catch (error) {
        // Out of supabase-js's way, but still in front of whoever watches for uncaught errors.
        setTimeout(() => {
          throw error;
        });
      }
    }).data;
    return () => subscription.unsubscribe();
  }

  get #auth(): AuthView {
    return this.#backend.connection.auth;
  }

  #call<T>(
    options: CallOptions | undefined,
    work: (auth: AuthView, deadline: Deadline) => Promise<T>,
  ): Call<T> {
    return call(() =>
      this.#backend.within(options, (deadline) => deadline.race(work(this.#auth, deadline))),
    );
  }

  /** The card is read from the profile: metadata of the account may be stale, and its user can write it. */
  async #signedIn(
    session: SessionView,
    deadline: Deadline,
    options?: CallOptions,
  ): Promise<SignedIn> {
    const operation = { name: "get_me", kind: "read", token: session.access_token } as const;
    const me = await this.#backend.runWithin<Me>(deadline, operation, options);
    const { id, email, name, userType } = me;
    return { user: { id, email, name, userType }, ...tokenPair(session) };
  }
}

function emailExists(): OnSwiftError {
  return new OnSwiftError({
    code: "EMAIL_EXISTS",
    status: 409,
    message: "This e-mail address has an account already.",
  });
}
