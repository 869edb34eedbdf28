import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall, listCall } from "./core/result.ts";
import type {
  Notification,
  NotificationFilter,
  NotificationList,
  NotificationPreferences,
  PreferencesPatch,
} from "./types/notifications.ts";

/** What the signed-in user was told, and where they want to be told. */
export class Notifications {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** One's own notifications, newest first, and how many of all are unread. */
  list(
    filter: NotificationFilter = {},
    options?: CallOptions,
  ): ListCall<NotificationList, Notification> {
    const load = async (page = filter.page) => {
      const args = { ...pick(filter, "isRead", "page", "limit"), page };
      const operation = { name: "list_notifications", args, kind: "read" } as const;
      return this.#backend.run<NotificationList>(operation, options);
    };
    return listCall(load, (page) => page.notifications);
  }

  /**
   * Marks one as read; once more changes nothing.
   *
   * Errors: `NOT_FOUND`, also for somebody else's.
   */
  markRead(notificationId: string, options?: CallOptions): Call<null> {
    return this.#put("mark_notification_read", { notificationId }, options);
  }

  /** Marks all there are at this moment as read. */
  markAllRead(options?: CallOptions): Call<null> {
    return this.#put("mark_all_notifications_read", {}, options);
  }

  /** Where one's notifications go, by type. */
  preferences(options?: CallOptions): Call<NotificationPreferences> {
    const operation = { name: "get_notification_preferences", kind: "read" } as const;
    return call(() => this.#backend.run(operation, options));
  }

  /**
   * Changes where they go; what `patch` leaves out stays.
   *
   * Errors: `VALIDATION_ERROR` for a type or a channel that does not exist.
   * @example
   * ```ts
   * await onswift.notifications.updatePreferences({ deadline_approaching: { email: false } });
   * ```
   */
  updatePreferences(patch: PreferencesPatch, options?: CallOptions): Call<NotificationPreferences> {
    return this.#put("update_notification_preferences", { patch }, options);
  }

  #put<T>(name: string, args: object, options?: CallOptions): Call<T> {
    return call(() => this.#backend.run({ name, args, kind: "put" }, options));
  }
}
