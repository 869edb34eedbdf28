import type { DatabaseApi } from "../database/client.ts";
import { ApiError } from "../http/errors.ts";
import { addressBucket } from "./address.ts";

/** How many requests the caller has left after this one. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
  /** See `RequestCount`. */
  readonly position?: string;
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
  const refusals = new Map<string, { readonly until: number; readonly limit: number }>();

  return async ({ userId, address }) => {
    const key = userId === undefined ? `ip:${addressBucket(address)}` : `user:${userId}`;
    const refusal = refusals.get(key);
    if (refusal && refusal.until > now()) {
      throw tooMany(refusal.limit, (refusal.until - now()) / 1000);
    }
    refusals.delete(key);

    const standard = userId === undefined ? perAddress : perUser;
    const { allowed, ...allowance } = await database.countRequest(key, standard, windowSeconds);
    if (!allowed) {
      const { limit, resetSeconds } = allowance;
      for (const [old, { until }] of refusals) if (until <= now()) refusals.delete(old);
      refusals.set(key, { until: now() + resetSeconds * 1000, limit });
      throw tooMany(limit, resetSeconds);
    }
    return allowance;
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
