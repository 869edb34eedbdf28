/** How a supervisor treats its processes. Times are in milliseconds. */
export interface Policy {
  /** How long a process may take until it serves. */
  readonly ready: number;
  /** How long a process may take to end after it was asked to; then it is killed. */
  readonly stop: number;
  /** The pause after the first failure; it doubles with each further one in a row. */
  readonly pause: number;
  readonly longestPause: number;
  /** A process that served this long starts a new count of failures. */
  readonly steady: number;
  /** After an attempt to start again has failed: whether the next one comes by itself or when a service is asked for. */
  readonly retry: "by itself" | "on demand";
}

export const commonPolicy: Policy = {
  ready: 60_000,
  stop: 10_000,
  pause: 50,
  longestPause: 5000,
  steady: 30_000,
  retry: "by itself",
};

/** Counts failures in a row and returns the pause after each. */
export class Backoff {
  readonly #policy: Policy;
  #failures = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** After a process that did not get to serve. */
  afterFailure(): number {
    const pause = Math.min(this.#policy.pause * 2 ** this.#failures, this.#policy.longestPause);
    this.#failures += 1;
    return pause;
  }

  /** After a process that served for some time: at once, unless that happened a short time ago as well. */
  afterService(milliseconds: number): number {
    if (milliseconds > this.#policy.steady) this.reset();
    if (this.#failures > 0) return this.afterFailure();
    this.#failures = 1;
    return 0;
  }
}
