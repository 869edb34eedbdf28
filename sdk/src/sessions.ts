import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
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
    return call(() => this.#backend.run({ name: "list_sessions", kind: "read" }, options));
  }

  /**
   * Ends a session at once. To end the current one, use `auth.signOut`, which also removes the tokens from this
   * device.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`.
   */
  revoke(sessionId: string, options?: CallOptions): Call<null> {
    const operation = { name: "revoke_session", args: { sessionId }, kind: "write" } as const;
    return call(() => this.#backend.run(operation, options));
  }
}
