import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type { SessionList } from "./types/auth.ts";

/** The sessions of the signed-in user: one for each device where the user signed in. */
export class Sessions {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists the sessions, newest first.
   *
   * Requires: signed-in user.
   */
  list(options?: CallOptions): Call<SessionList> {
    return this.#backend.call("read", "list_sessions", {}, options);
  }

  /**
   * Ends a session at once. To end the current one, use `auth.signOut`, which also removes the tokens from this
   * device.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`.
   */
  revoke(sessionId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("write", "revoke_session", { sessionId }, options);
  }
}
