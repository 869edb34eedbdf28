import { AuthError } from "./errors.ts";

const window = 5 * 60_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * Token buckets per client address: each kind of request may come as often in five minutes as configured,
 * at once or spread. Kept in memory, as upstream does.
 */
export class Limits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes one token, or refuses with 429. */
  take(kind: string, address: string, perWindow: number): void {
    const now = this.#now();
    const key = `${kind} ${address}`;
    const bucket = this.#buckets.get(key) ?? { tokens: perWindow, filledAt: now };
    const refill = ((now - bucket.filledAt) / window) * perWindow;
    bucket.tokens = Math.min(perWindow, bucket.tokens + refill);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > 50_000) this.#forgetFull(now);
    if (bucket.tokens < 1) {
      throw new AuthError(429, "over_request_rate_limit", "Request rate limit reached");
    }
    bucket.tokens -= 1;
  }

  /** A bucket nobody touched for a whole window is full again, and need not be remembered. */
  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.filledAt > window) this.#buckets.delete(key);
    }
  }
}
