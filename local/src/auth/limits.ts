import { AuthError } from "./errors.ts";

const minute = 60_000;
const window = 5 * minute;
const hour = 60 * minute;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * Rate limits as token buckets: each client address can send the configured number of requests of one kind
 * per five minutes, in a burst or spread out. Kept in memory, as upstream does.
 */
export class Limits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts a request of a client. Throws 429 when the client's bucket is empty. */
  take(kind: string, address: string, perFiveMinutes: number): void {
    if (!this.#takeToken(`${kind} ${address}`, perFiveMinutes, window)) {
      throw new AuthError(429, "over_request_rate_limit", "Request rate limit reached");
    }
  }

  /** Counts an email against the limit for the whole project. Throws 429 when it is reached. */
  takeMail(perHour: number): void {
    if (!this.#takeToken("mail", perHour, hour)) {
      throw new AuthError(429, "over_email_send_rate_limit", "email rate limit exceeded");
    }
  }

  #takeToken(key: string, size: number, span: number): boolean {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: size, filledAt: now };
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.filledAt) / span) * size);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > 50_000) this.#removeFull(now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Removes buckets unused for the longest time span: they are full again, like new ones. */
  #removeFull(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.filledAt > hour) this.#buckets.delete(key);
    }
  }
}
