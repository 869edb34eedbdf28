import type { Deadline } from "./deadline.ts";
import { isOnSwiftError, type OnSwiftError } from "./errors.ts";

const firstPause = 250;
const longestPause = 4_000;

/**
 * Repeats `attempt` at most `retries` times while it fails with an error that `canRetry` accepts. Waits for
 * the time in the backend's `Retry-After`; without one, waits twice as long each time, with jitter so that
 * many clients do not retry together. If the wait would exceed the deadline, throws the error at once.
 */
export async function withRetries<T>(
  retries: number,
  deadline: Deadline,
  attempt: () => Promise<T>,
  canRetry = (error: OnSwiftError) => error.retryable,
): Promise<T> {
  for (let done = 0; ; done++) {
    try {
      return await attempt();
    } catch (error) {
      if (done >= retries || !isOnSwiftError(error) || !canRetry(error)) throw error;
      const pause = pauseBefore(done, error);
      if (pause >= deadline.remaining()) throw error;
      await deadline.sleep(pause);
    }
  }
}

/** Returns how many milliseconds to wait after `error`, the failure that follows `done` retries. */
export function pauseBefore(done: number, error: OnSwiftError): number {
  if (error.retryAfter !== null) return error.retryAfter * 1000;
  const full = Math.min(longestPause, firstPause * 2 ** done);
  return full * (0.5 + Math.random() / 2);
}
