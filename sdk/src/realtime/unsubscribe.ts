import { type Call, call } from "../core/result.ts";
import type { Subscription } from "./subscription.ts";

/** Removes a realtime listener. */
export interface Unsubscribe {
  (): void;
  /**
   * Resolves when events arrive: from then on, no event is missed. Resolves with an error if they never will.
   *
   * Errors: `FORBIDDEN`, `NOT_AUTHENTICATED`, `SESSION_EXPIRED`, `ABORTED` (the listener was removed before).
   */
  readonly ready: Call<null>;
}

export function unsubscribeWith(subscription: Subscription, remove: () => void): Unsubscribe {
  const ready = call(async () => {
    await subscription.whenLive();
    return null;
  });
  return Object.assign(() => remove(), { ready });
}
