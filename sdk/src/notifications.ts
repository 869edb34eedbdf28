import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { type ListCall, numbered } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type {
  Notification,
  NotificationFilter,
  NotificationList,
  NotificationPreferences,
  PreferencesPatch,
  Unsubscribed,
} from "./types/notifications.ts";

/** Notifications of the signed-in user, and the channels they arrive on. */
export class Notifications {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists the signed-in user's notifications, newest first, and counts the unread ones.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   */
  list(
    filter: NotificationFilter = {},
    options?: CallOptions,
  ): ListCall<NotificationList, Notification> {
    const args = () => onlyKeys(filter, "isRead", "page", "limit");
    return this.#backend.list("list_notifications", args, numbered(items), options);
  }

  /**
   * Marks a notification as read. Repeating it changes nothing.
   *
   * Requires: recipient.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND` (also for another user's notification).
   */
  markRead(notificationId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("put", "mark_notification_read", { notificationId }, options);
  }

  /**
   * Marks all current notifications as read.
   *
   * Requires: signed-in user.
   */
  markAllRead(options?: CallOptions): Call<null> {
    return this.#backend.call("put", "mark_all_notifications_read", {}, options);
  }

  /**
   * Returns the channels of the signed-in user's notifications, by type.
   *
   * Requires: signed-in user.
   */
  preferences(options?: CallOptions): Call<NotificationPreferences> {
    return this.#backend.call("read", "get_notification_preferences", {}, options);
  }

  /**
   * Updates the channels of the types in `patch` and returns all of them. Emails go only to a verified
   * address.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   * @example
   * ```ts
   * await onswift.notifications.updatePreferences({ deadline_approaching: { email: false } });
   * ```
   */
  updatePreferences(patch: PreferencesPatch, options?: CallOptions): Call<NotificationPreferences> {
    return this.#backend.call("put", "update_notification_preferences", { patch }, options);
  }

  /**
   * Ends the emails of one notification type, with the token of the link in such an email. Repeating it changes
   * nothing. {@link Notifications.updatePreferences} starts them again.
   *
   * Requires: nothing; anonymous callers allowed.
   * Errors: `VALIDATION_ERROR`.
   */
  unsubscribe(token: string, options?: CallOptions): Call<Unsubscribed> {
    return this.#backend.call("put", "unsubscribe", { token }, options, { token: null });
  }
}

const items = (page: NotificationList) => page.notifications;
