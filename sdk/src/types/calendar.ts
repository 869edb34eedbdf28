import type { Project } from "./projects.ts";
import type { Task } from "./tasks.ts";

/** The days a calendar covers. */
export interface CalendarRange {
  /** First day, `YYYY-MM-DD`; default: the first day of the current month (UTC). */
  readonly from?: string | undefined;
  /** Last day, `YYYY-MM-DD`, at most 366 days; default: the last day of `from`'s month. */
  readonly to?: string | undefined;
  /** Only this project. */
  readonly projectId?: string | undefined;
}

/** What is due on one day. */
export interface CalendarDay {
  /** A date, `YYYY-MM-DD`. */
  readonly date: string;
  readonly tasks: readonly Task[];
  readonly projects: readonly Project[];
}

/** What is due between two days. */
export interface Calendar {
  readonly from: string;
  readonly to: string;
  /** Days on which something is due, in order. */
  readonly days: readonly CalendarDay[];
  /** Tasks that are not completed and whose due date has passed, whatever the range. */
  readonly overdue: readonly Task[];
}

/** The secret link of a calendar feed, as far as it can be shown again. */
export interface CalendarLink {
  readonly createdAt: string;
  /** When a calendar program last read the feed; `null` until then. */
  readonly lastUsedAt: string | null;
}

/** A calendar link that was just created. */
export interface CreatedCalendarLink extends CalendarLink {
  /** The address to give to a calendar program. It is shown only once. */
  readonly url: string;
  readonly token: string;
}

/** The current calendar link, if there is one. */
export interface CurrentCalendarLink {
  readonly link: CalendarLink | null;
}
