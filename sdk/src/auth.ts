import { onlyKeys } from "./core/arguments.ts";
import { authError } from "./core/auth-error.ts";
import * as authMessages from "./core/auth-messages.ts";
import type { Backend } from "./core/backend.ts";
import type { AuthView, SessionView } from "./core/connection.ts";
import type { Deadline } from "./core/deadline.ts";
import { isOnSwiftError } from "./core/errors.ts";
import { toJson } from "./core/json.ts";
import { byLastItem, type ListCall } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import { dataOrThrow, onSessionChange, sessionOf, tokenPair } from "./core/session.ts";
import { signedUp } from "./core/sign-up.ts";
import { notAuthenticated } from "./core/tokens.ts";
import { Mfa } from "./mfa.ts";
import type { Realtime } from "./realtime/realtime.ts";
import { Sessions } from "./sessions.ts";
import type {
  AccountCard,
  ChangeEmail,
  ChangePassword,
  Confirmation,
  Credentials,
  EmailVerified,
  ResetPassword,
  SecurityEvent,
  SecurityEventList,
  Session,
  SessionListener,
  SignedIn,
  SignUp,
  TokenPair,
} from "./types/auth.ts";
import type { Me } from "./types/users.ts";

const scopes: readonly string[] = ["local", "global", "others"];

/** What supabase-js reports when a sign-out finds that the session has ended already. */
const endedSession: readonly string[] = [
  "AuthSessionMissingError",
  "refresh_token_not_found",
  "refresh_token_already_used",
  "session_expired",
  "session_not_found",
];

function ignoreIfExpired(error: unknown): void {
  if (!isOnSwiftError(error) || error.code !== "SESSION_EXPIRED") throw error;
}

/** The result of the function `get_account`. */
type Account = AccountCard & { readonly mfaRequired: boolean };

const isRefresh = { refreshes: true } as const;

/** Refresh tokens are letters and digits today. Any visible ASCII leaves the decision to Auth. */
const canBeToken = /^[!-~]+$/;

/** How operations run that a user without a session needs. */
const asVisitor = { kind: "write", token: null } as const;

/**
 * Accounts and the session. supabase-js stores and renews the session.
 *
 * Sign-up, sign-in and sign-out are never retried, except that a sign-up that Auth could not save is asked for once
 * more: another sign-up may just have taken the address. As with any write, a call that ended with `ABORTED` or
 * `TIMEOUT` may have reached the backend.
 */
export class Auth {
  readonly #backend: Backend;
  readonly #realtime: Realtime;
  /** The sessions of the signed-in user on all devices. */
  readonly sessions: Sessions;
  /** Second factors. */
  readonly mfa: Mfa;

  /** @internal */
  constructor(backend: Backend, realtime: Realtime) {
    this.#backend = backend;
    this.#realtime = realtime;
    this.sessions = new Sessions(backend);
    this.mfa = new Mfa(backend);
  }

  /**
   * Creates an account and signs in. The user receives an email with a link that verifies the address; until
   * then, OnSwift sends no notification emails.
   *
   * Errors: `VALIDATION_ERROR`, `WEAK_PASSWORD`, `EMAIL_EXISTS`, `FORBIDDEN` (registration is closed),
   * `RATE_LIMITED`.
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
      const keys = ["email", "password", "name", "userType", "companyName"] as const;
      const { password, name, userType, companyName } = onlyKeys(account, ...keys);
      const email = await this.#backend.checkedEmail(deadline, "check_sign_up", account, options);
      const data = JSON.parse(toJson({ name, userType, companyName })) as object;
      const { session, user } = dataOrThrow(
        await signedUp(() => auth.signUp({ email, password, options: { data } })),
        { refusedField: { field: "email", message: authMessages.emailUnusable } },
      );
      if (session) return this.#signedIn(session, deadline, options);
      // Only a backend that requires confirmed addresses gets here. It hides which addresses have an account.
      if (user?.identities?.length === 0) throw authError({ code: "email_exists", message: "" });
      throw notAuthenticated();
    });
  }

  /**
   * Signs in with email address and password. With `mfaRequired`, ask for a code next and verify it with
   * `auth.mfa.challengeAndVerify`.
   *
   * Errors: `VALIDATION_ERROR`, `INVALID_CREDENTIALS`, `FORBIDDEN` (the account is suspended), `RATE_LIMITED`
   * (5 failed attempts within 15 minutes).
   */
  signIn(credentials: Credentials, options?: CallOptions): Call<SignedIn> {
    return this.#call(options, async (auth, deadline) => {
      const { password } = onlyKeys(credentials, "email", "password");
      const email = await this.#backend.checkedEmail(
        deadline,
        "check_sign_in",
        credentials,
        options,
      );
      const { session } = dataOrThrow(await auth.signInWithPassword({ email, password }), {
        limitMessage: authMessages.tooManyFailures,
      });
      if (!session) throw notAuthenticated();
      return this.#signedIn(session, deadline, options);
    });
  }

  /**
   * Ends this session (`scope: "local"`, the default), every session of the user (`"global"`) or every session
   * except this one (`"others"`). Succeeds if no user is signed in.
   *
   * Requires: nothing.
   */
  signOut(
    { scope = "local" }: { readonly scope?: "local" | "global" | "others" | undefined } = {},
    options?: CallOptions,
  ): Call<null> {
    return this.#call(options, async (auth, deadline) => {
      // No request for the scopes that exist: a session can be ended on this device without a network.
      if (!scopes.includes(scope)) {
        await this.#backend.check(deadline, "check_sign_out", { scope }, options);
      }
      const { tokens } = this.#backend;
      const end = async () => {
        // Otherwise a sign-out that failed without a network would still happen once it is back.
        if (scope !== "local") await tokens.current().catch(ignoreIfExpired);
        const signOut = () => auth.signOut({ scope });
        const { error } = await (scope === "local" ? tokens.ending(signOut) : signOut());
        if (error && !endedSession.includes(error.code ?? error.name)) throw authError(error);
      };
      if (scope === "others") await end();
      else {
        await this.#realtime.leaveDuring(end);
        tokens.noteSignOut();
      }
      return null;
    });
  }

  /**
   * Renews the tokens now. The SDK renews them automatically before they expire; call this to get a token with
   * new claims at once, or to use a refresh token from elsewhere.
   *
   * Errors: `VALIDATION_ERROR`, `INVALID_REFRESH_TOKEN`, `NOT_AUTHENTICATED` (no session and no
   * `refreshToken`), `CONFLICT` (another renewal at the same time), `RATE_LIMITED`.
   */
  refresh(
    { refreshToken }: { readonly refreshToken?: string | undefined } = {},
    options?: CallOptions,
  ): Call<TokenPair> {
    return this.#call(options, async (auth, deadline) => {
      if (refreshToken !== undefined) {
        await this.#backend.check(deadline, "check_refresh", { refreshToken }, options);
      }
      // supabase-js would take an empty token for none, and Auth answers 500 to a control character.
      if (refreshToken !== undefined && !canBeToken.test(refreshToken)) {
        throw authError({ message: "", status: 401 }, isRefresh);
      }
      const { tokens } = this.#backend;
      const renewed =
        refreshToken === undefined
          ? tokens.through(() => auth.refreshSession())
          : auth.refreshSession({ refresh_token: refreshToken });
      const context = refreshToken === undefined ? undefined : isRefresh;
      const { session } = dataOrThrow(await renewed, context);
      if (!session) throw notAuthenticated();
      return tokenPair(session);
    });
  }

  /**
   * Sends an email with a token to reset the password. The result is the same for an address without an
   * account. An address can receive at most 3 of these emails per hour. Earlier tokens stay valid until one of
   * them is used.
   *
   * Errors: `VALIDATION_ERROR`, `RATE_LIMITED`.
   */
  forgotPassword(account: { readonly email: string }, options?: CallOptions): Call<Confirmation> {
    return call(async () => {
      const args = onlyKeys(account, "email");
      await this.#backend.run({ name: "forgot_password", args, ...asVisitor }, options);
      return { message: "Password reset email sent" };
    });
  }

  /**
   * Sets a new password with the token from the email and ends every session of the user and the calendar link.
   * Does not sign in. The token works once, within one hour. `WEAK_PASSWORD` does not use it up.
   *
   * Errors: `VALIDATION_ERROR`, `INVALID_RESET_TOKEN`, `WEAK_PASSWORD`, `RATE_LIMITED`.
   */
  resetPassword(reset: ResetPassword, options?: CallOptions): Call<Confirmation> {
    return call(async () => {
      const args = onlyKeys(reset, "token", "newPassword");
      await this.#backend.run({ name: "reset_password", args, ...asVisitor }, options);
      return { message: "Password reset successful" };
    });
  }

  /**
   * Changes the password. Every other session of the user and the calendar link end, and the user receives an
   * email about the change.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`, `WRONG_PASSWORD`, `WEAK_PASSWORD`, `RATE_LIMITED` (5 wrong passwords within 15
   * minutes, or 5 changes per hour).
   */
  changePassword(change: ChangePassword, options?: CallOptions): Call<null> {
    return call(async () => {
      const args = onlyKeys(change, "currentPassword", "newPassword");
      await this.#backend.run({ name: "change_password", args, kind: "write" }, options);
      return null;
    });
  }

  /**
   * Sends a link to the new email address. Opening it within 24 hours changes the address, ends every other
   * session of the user and sends an email to the old address. Until then nothing changes.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`, `WRONG_PASSWORD`, `EMAIL_EXISTS`, `RATE_LIMITED` (5 wrong passwords within 15
   * minutes, or 3 requests per hour).
   */
  changeEmail(change: ChangeEmail, options?: CallOptions): Call<Confirmation> {
    return call(async () => {
      const args = onlyKeys(change, "password", "newEmail");
      await this.#backend.run({ name: "change_email", args, kind: "write" }, options);
      return { message: "Confirmation email sent" };
    });
  }

  /**
   * Lists the security log of the account, newest first: sign-ins, failed ones, ended sessions, and changes of
   * the password, the address and second factors. Events are kept for 90 days. Iterating fetches older events page by page.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   */
  securityLog(
    filter: { readonly limit?: number | undefined } = {},
    options?: CallOptions,
  ): ListCall<SecurityEventList, SecurityEvent> {
    const args = () => onlyKeys(filter, "limit");
    return this.#backend.list("list_security_events", args, byLastItem(items), options);
  }

  /**
   * Verifies an email address with the token of the link in the verification email, or completes a change of the
   * address. The token works for 7 days, for a change 24 hours; using it again changes nothing.
   *
   * Requires: nothing; anonymous callers allowed.
   * Errors: `INVALID_VERIFICATION_TOKEN`, `EMAIL_EXISTS` (another account has taken the new address).
   */
  verifyEmail(token: string, options?: CallOptions): Call<EmailVerified> {
    return this.#backend.call("put", "verify_email", { token }, options, { token: null });
  }

  /**
   * Sends the verification email again; the link of an earlier one stops working. A user can request at most
   * 3 verification emails per hour, including the one sent at sign-up.
   *
   * Requires: signed-in user.
   * Errors: `INVALID_STATE` (the address is already verified), `RATE_LIMITED`.
   */
  resendVerification(options?: CallOptions): Call<Confirmation> {
    return call(async () => {
      await this.#backend.run({ name: "resend_verification", kind: "write" }, options);
      return { message: "Verification email sent" };
    });
  }

  /**
   * Asks the backend who is signed in. On a server, decide with this what a user may see: a session comes from a cookie
   * there, and anyone can forge a cookie. One request.
   *
   * Requires: signed-in user.
   * Errors: `NOT_AUTHENTICATED` or `SESSION_EXPIRED` (no session, or a forged one), `SESSION_REVOKED`.
   */
  verify(options?: CallOptions): Call<AccountCard> {
    return call(async () => {
      const operation = { name: "get_me", kind: "read" } as const;
      const { id, email, name, userType } = await this.#backend.run<Me>(operation, options);
      return { id, email, name, userType };
    });
  }

  /**
   * Returns the current session, renewed if necessary, or `null` if no user is signed in. Reads it from the storage
   * without asking the backend: show it, but do not decide by it on a server. See {@link Auth.verify}.
   *
   * Errors: `SESSION_EXPIRED`.
   */
  getSession(options?: CallOptions): Call<Session | null> {
    return this.#call(options, async (auth) => {
      if ((await this.#backend.tokens.current()) === null) return null;
      const { session } = dataOrThrow(await auth.getSession());
      return session && sessionOf(session);
    });
  }

  /**
   * Subscribes to session changes. The first event is `restored`, with the stored session or `null`. Returns a
   * function that ends the subscription. An error that a listener throws does not affect other listeners.
   *
   * @example
   * ```ts
   * const unsubscribe = onswift.auth.onChange((event, session) => {
   *   if (event === "signedOut") showSignIn();
   * });
   * ```
   */
  onChange(listener: SessionListener): () => void {
    return onSessionChange(this.#auth, listener);
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

  /** Reads the user from the profile: account metadata can be outdated, and users can change it. */
  async #signedIn(
    session: SessionView,
    deadline: Deadline,
    options?: CallOptions,
  ): Promise<SignedIn> {
    const operation = { name: "get_account", kind: "read", token: session.access_token } as const;
    const account = await this.#backend.runWithin<Account>(deadline, operation, options);
    const { id, email, name, userType, mfaRequired } = account;
    const signedIn = { user: { id, email, name, userType }, ...tokenPair(session) };
    return mfaRequired ? { ...signedIn, mfaRequired } : signedIn;
  }
}

const items = (page: SecurityEventList) => page.events;
