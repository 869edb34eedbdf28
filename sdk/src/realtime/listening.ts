import { type Call, call } from "../core/result.ts";
import type { Subscription } from "./subscription.ts";

/** Stops listening when called. */
export interface Listening {
  (): void;
  /**
   * Resolves when the events arrive; what happens from then on is not missed. With an error when they never
   * will: `FORBIDDEN`, `NOT_AUTHENTICATED`, `SESSION_EXPIRED`, or `ABORTED` when it was stopped before.
   */
  readonly ready: Call<null>;
}

export function listening(subscription: Subscription, stop: () => void): Listening {
  const ready = call(async () => {
    await subscription.whenLive();
    return null;
  });
  return Object.assign(() => stop(), { ready });
}
