/** The last argument of every operation. */
export interface CallOptions {
  /** Aborts the call: it resolves with the code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * One deadline in milliseconds over everything the call does: renewing the session, the request and
   * its retries. Default 30,000; `Infinity` for none. A list that is iterated has it anew for each page.
   */
  readonly timeoutMs?: number | undefined;
  /** How often a failed call is tried again. Default 2. Writes need an `idempotencyKey` for it. */
  readonly maxRetries?: number | undefined;
  /**
   * A unique string you choose for one intended change. It tells the backend that a repeated write is
   * the same write, and so lets the SDK retry it.
   */
  readonly idempotencyKey?: string | undefined;
}

/**
 * What a client applies where a call says nothing.
 *
 * @internal
 */
export interface CallDefaults {
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

/** @internal */
export const callDefaults: CallDefaults = { timeoutMs: 30_000, maxRetries: 2 };
