/** At most `limit` runs within any `windowMs`; of those that must wait only the last is run. */
export class Pace {
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
    this.#runs = this.#runs.filter((at) => at > now - this.#windowMs);
    const [oldest = now] = this.#runs;
    if (this.#runs.length < this.#limit) {
      this.#runs.push(now);
      action();
    } else {
      this.#timer = setTimeout(() => this.run(action), oldest + this.#windowMs - now + 1);
    }
  }

  /** Forgets what waits and what was run. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#runs = [];
  }
}
