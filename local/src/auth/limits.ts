import { AuthError } from "./errors.ts";

const minute = 60_000;
const window = 5 * minute;
const hour = 60 * minute;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * Token buckets: each kind of request may come as often in five minutes from one address as configured, at
 * once or spread. Kept in memory, as upstream does.
 */
export class Limits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts a request of a client, or refuses it with 429. */
  take(kind: string, address: string, inFiveMinutes: number): void {
    if (!this.#allows(`${kind} ${address}`, inFiveMinutes, window)) {
      throw new AuthError(429, "over_request_rate_limit", "Request rate limit reached");
    }
  }

  /** Counts a mail, whoever it is for. */
  takeMail(perHour: number): void {
    if (!this.#allows("mail", perHour, hour)) {
      throw new AuthError(429, "over_email_send_rate_limit", "email rate limit exceeded");
    }
  }

  #allows(key: string, size: number, span: number): boolean {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: size, filledAt: now };
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.filledAt) / span) * size);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > 50_000) this.#forgetFull(now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** A bucket nobody touched for a whole span is full again, and need not be remembered. */
  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.filledAt > hour) this.#buckets.delete(key);
    }
  }
}
