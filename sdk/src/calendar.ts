import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type {
  Calendar as CalendarDays,
  CalendarRange,
  CreatedCalendarLink,
  CurrentCalendarLink,
} from "./types/calendar.ts";

/** Due dates by day, and the link under which calendar programs subscribe to them. */
export class Calendar {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Returns what is due, day by day, and what is overdue: a talent's own tasks and the projects of their teams, or
   * all tasks and projects of a creator. Limit: 1,000 tasks, projects and overdue tasks each.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`; with `projectId` also `NOT_FOUND`, `FORBIDDEN`.
   */
  get(range: CalendarRange = {}, options?: CallOptions): Call<CalendarDays> {
    const args = () => onlyKeys(range, "from", "to", "projectId");
    return this.#backend.call("read", "get_calendar", args, options);
  }

  /**
   * Creates the secret link under which calendar programs read the signed-in user's due dates (iCalendar). An
   * earlier link stops working. The address is shown only here.
   *
   * Requires: signed-in user.
   */
  createLink(options?: CallOptions): Call<CreatedCalendarLink> {
    return this.#backend.call("write", "create_calendar_link", {}, options);
  }

  /**
   * Returns whether the signed-in user has a calendar link, and when it was last used.
   *
   * Requires: signed-in user.
   */
  getLink(options?: CallOptions): Call<CurrentCalendarLink> {
    return this.#backend.call("read", "get_calendar_link", {}, options);
  }

  /**
   * Revokes the signed-in user's calendar link, if there is one.
   *
   * Requires: signed-in user.
   */
  deleteLink(options?: CallOptions): Call<null> {
    return this.#backend.call("write", "delete_calendar_link", {}, options);
  }
}
