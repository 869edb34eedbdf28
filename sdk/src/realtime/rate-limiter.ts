/** Runs at most `limit` actions within `windowMs`. Of the actions that have to wait, only the latest runs. */
export class RateLimiter {
  readonly #limit: number;
  readonly #windowMs: number;
  #runs: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  run(action: () => void): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    // Times of the future are those of a clock that was set back.
    this.#runs = this.#runs.filter((at) => at > now - this.#windowMs && at <= now);
    const [oldest = now] = this.#runs;
    if (this.#runs.length < this.#limit) {
      this.#runs.push(now);
      action();
    } else {
      this.#timer = setTimeout(() => this.run(action), oldest + this.#windowMs - now + 1);
    }
  }

  /** Drops the waiting action and the count. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#runs = [];
  }
}
