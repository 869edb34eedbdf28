import type { DatabaseApi } from "../database/client.ts";
import { ApiError } from "../http/errors.ts";
import { addressBucket } from "./address.ts";

/** How many requests the caller has left after this one. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export type CountRequest = (caller: {
  readonly userId: string | undefined;
  readonly address: string;
}) => Promise<Allowance>;

const windowSeconds = 60;
const perUser = 100;
const perAddress = 60;

/**
 * Counts requests in the database, which all instances of this function share, and refuses those over the
 * limit. A caller over the limit is remembered here until the window ends, so that repeated requests do not
 * reach the database.
 */
export function requestCounter(
  database: Pick<DatabaseApi, "countRequest">,
  now: () => number = () => performance.now(),
): CountRequest {
  const refusedUntil = new Map<string, number>();

  return async ({ userId, address }) => {
    const key = userId === undefined ? `ip:${addressBucket(address)}` : `user:${userId}`;
    const limit = userId === undefined ? perAddress : perUser;

    const until = refusedUntil.get(key) ?? 0;
    if (until > now()) throw tooMany(limit, (until - now()) / 1000);
    refusedUntil.delete(key);

    const count = await database.countRequest(key, limit, windowSeconds);
    if (!count.allowed) {
      for (const [old, end] of refusedUntil) if (end <= now()) refusedUntil.delete(old);
      refusedUntil.set(key, now() + count.resetSeconds * 1000);
      throw tooMany(limit, count.resetSeconds);
    }
    return { limit, remaining: count.remaining, resetSeconds: count.resetSeconds };
  };
}

export function addAllowance(allowance: Allowance, headers: Headers): void {
  for (const [name, value] of Object.entries(allowanceHeaders(allowance))) headers.set(name, value);
}

const allowanceHeaders = ({ limit, remaining, resetSeconds }: Allowance) => ({
  "x-ratelimit-limit": String(limit),
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-reset": String(Math.ceil(resetSeconds)),
});

const tooMany = (limit: number, retryAfter: number) =>
  new ApiError("RATE_LIMITED", "Too many requests. Try again later.", {
    retryAfter,
    headers: allowanceHeaders({ limit, remaining: 0, resetSeconds: retryAfter }),
  });
