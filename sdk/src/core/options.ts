/** The last argument of every operation. */
export interface CallOptions {
  /** Aborts the call: it resolves with the code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The time limit in milliseconds for everything the call does: renewing the session, the request and its
   * retries. Default 30,000; `Infinity` for no limit. When a list is iterated, the limit applies to each page.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many times a failed call is retried if the failure is temporary. Default 2. Changes and deletions are
   * retried only with an `idempotencyKey`; reads and creates always.
   */
  readonly maxRetries?: number | undefined;
  /**
   * A unique string of 1 to 255 ASCII characters for one intended change. With it, the SDK retries every write. The
   * backend keeps the response of a create for 24 hours and returns it to a repeated request with the same key. The
   * SDK gives each create a key of its own; set one to repeat a create in another call.
   */
  readonly idempotencyKey?: string | undefined;
}

/**
 * What a client uses for options that a call does not set.
 *
 * @internal
 */
export interface CallDefaults {
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

/** @internal */
export const callDefaults: CallDefaults = { timeoutMs: 30_000, maxRetries: 2 };
