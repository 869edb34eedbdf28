import type { Backend } from "./core/backend.ts";
import { loaded } from "./core/loaded.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import type { Factors } from "./mfa/factors.ts";
import type { TokenPair } from "./types/auth.ts";
import type {
  AssuranceLevels,
  Challenge,
  EnrolFactor,
  EnrolledFactor,
  FactorCode,
  FactorList,
} from "./types/mfa.ts";

/**
 * Second factors of the signed-in user: codes of an authenticator app (TOTP). Once a factor is added, a session can
 * only be used after a code was verified in it; until then, every other operation returns `MFA_REQUIRED`.
 *
 * The app gets the codes' secret from `enroll`. `challengeAndVerify` with a first code adds the factor, and later
 * verifies each new session. The Auth service keeps and checks factors; these methods are never retried.
 */
export class Mfa {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Starts to add a factor: show the QR code, and call `challengeAndVerify` with a code of the app within 15 minutes.
   * An account can have 10 factors. Needs the password if the user signed in more than 15 minutes ago, so that a stolen
   * session cannot lock its owner out.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR` (also if another factor has this name), `WRONG_PASSWORD`, `INVALID_STATE` (10 factors),
   * `FORBIDDEN` (the project does not offer second factors), `RATE_LIMITED` (5 wrong passwords within 15 minutes).
   * @example
   * ```ts
   * const { data, error } = await onswift.auth.mfa.enroll({ password, friendlyName: "Phone" });
   * if (data) {
   *   image.src = data.qrCode;
   *   await onswift.auth.mfa.challengeAndVerify({ factorId: data.factorId, code: await typedCode() });
   * }
   * ```
   */
  enroll(factor: EnrolFactor = {}, options?: CallOptions): Call<EnrolledFactor> {
    return this.#call(options, (factors) => factors.enroll(factor, options));
  }

  /**
   * Starts a verification. It can be used once, within 5 minutes and from the same IP address.
   *
   * Requires: signed-in user.
   * Errors: `NOT_FOUND`, `FORBIDDEN` (the project does not offer second factors), `RATE_LIMITED`.
   */
  challenge(factor: { readonly factorId: string }, options?: CallOptions): Call<Challenge> {
    return this.#call(options, (factors) => factors.challenge(factor));
  }

  /**
   * Verifies a code for a challenge and replaces the tokens of the session. The session can be used from now on; all
   * sessions of the user without a verified code end.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`, `WRONG_CODE`, `INVALID_STATE` (the challenge is used, too old or from another IP
   * address), `NOT_FOUND`, `FORBIDDEN` (a new factor, and the user signed in or entered the password more than 15
   * minutes ago), `RATE_LIMITED` (5 wrong codes within 15 minutes, or 20 within a day).
   */
  verify(
    code: FactorCode & { readonly challengeId: string },
    options?: CallOptions,
  ): Call<TokenPair> {
    return this.#call(options, (factors) => factors.verify(code));
  }

  /**
   * Starts a verification and completes it with a code.
   *
   * Requires: signed-in user.
   * Errors: those of `challenge` and `verify`.
   */
  challengeAndVerify(code: FactorCode, options?: CallOptions): Call<TokenPair> {
    return this.#call(options, (factors) => factors.challengeAndVerify(code));
  }

  /**
   * Removes a factor. If it was the last one, sessions need no code any more. The user receives an email.
   *
   * Requires: signed-in user, with a verified code unless the factor was never verified.
   * Errors: `MFA_REQUIRED`, `NOT_FOUND`.
   */
  unenroll(factor: { readonly factorId: string }, options?: CallOptions): Call<null> {
    return this.#call(options, (factors) => factors.unenroll(factor));
  }

  /**
   * Lists the factors, also before a code was verified, to choose one for `challengeAndVerify`.
   *
   * Requires: signed-in user.
   */
  listFactors(options?: CallOptions): Call<FactorList> {
    return this.#call(options, (factors) => factors.list());
  }

  /**
   * Returns the level of the session, and the level that it can reach. If they differ, a code is needed. Reads the
   * session without asking the backend.
   *
   * Requires: signed-in user.
   */
  getAuthenticatorAssuranceLevel(options?: CallOptions): Call<AssuranceLevels> {
    return this.#call(options, (factors) => factors.levels());
  }

  #call<T>(options: CallOptions | undefined, work: (factors: Factors) => Promise<T>): Call<T> {
    return call(() =>
      this.#backend.within(options, async (deadline) => {
        // Reports a missing or expired session as every other operation does.
        await deadline.race(this.#backend.tokens.required());
        // Apps start without the code of second factors: most sessions never need it.
        const { Factors } = await deadline.race(loaded(import("./mfa/factors.ts")));
        return deadline.race(work(new Factors(this.#backend, deadline)));
      }),
    );
  }
}
