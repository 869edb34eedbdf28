import type { Deadline } from "./deadline.ts";
import { isOnSwiftError, type OnSwiftError } from "./errors.ts";

const firstPause = 250;
const longestPause = 4_000;

/**
 * Repeats `attempt` while it fails in a way that `passes`, at most `retries` times. The pauses double and
 * are jittered, so that many clients do not come back together; where the backend names a time, that holds.
 * A pause that would outlast the deadline is not begun: the caller gets the error while it is of use.
 */
export async function withRetries<T>(
  retries: number,
  deadline: Deadline,
  attempt: () => Promise<T>,
  passes = (error: OnSwiftError) => error.retryable,
): Promise<T> {
  for (let done = 0; ; done++) {
    try {
      return await attempt();
    } catch (error) {
      if (done >= retries || !isOnSwiftError(error) || !passes(error)) throw error;
      const pause = pauseBefore(done, error);
      if (pause >= deadline.remaining()) throw error;
      await deadline.sleep(pause);
    }
  }
}

/** How long to wait after `error`, in milliseconds, when `done` retries were made before. */
export function pauseBefore(done: number, error: OnSwiftError): number {
  if (error.retryAfter !== null) return error.retryAfter * 1000;
  const full = Math.min(longestPause, firstPause * 2 ** done);
  return full * (0.5 + Math.random() / 2);
}
