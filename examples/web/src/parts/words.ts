import type { Availability, DeliverableStatus, Status, TalentFilter } from "@onswift/sdk";

/** The words and colours of states, and dates, in one place for all screens. */
export type Tone = "grey" | "blue" | "green" | "amber" | "red";

export const statusWords: Readonly<
  Record<Status, { readonly label: string; readonly tone: Tone }>
> = {
  planning: { label: "Planning", tone: "grey" },
  "in-progress": { label: "In progress", tone: "blue" },
  completed: { label: "Completed", tone: "green" },
};

export const statuses = Object.keys(statusWords) as Status[];
export const statusLabels = Object.fromEntries(
  statuses.map((status) => [status, statusWords[status].label]),
) as Readonly<Record<Status, string>>;

export const deliverableWords: Readonly<
  Record<DeliverableStatus, { readonly label: string; readonly tone: Tone }>
> = {
  pending: { label: "Waiting for review", tone: "amber" },
  revision: { label: "Revision requested", tone: "red" },
  approved: { label: "Approved", tone: "green" },
};

export const deliverableStatuses = Object.keys(deliverableWords) as DeliverableStatus[];

export const availabilityWords: Readonly<
  Record<Availability, { readonly label: string; readonly tone: Tone }>
> = {
  available_now: { label: "Available now", tone: "green" },
  available_1_2_weeks: { label: "In 1–2 weeks", tone: "blue" },
  available_2_4_weeks: { label: "In 2–4 weeks", tone: "grey" },
  not_available: { label: "Not available", tone: "grey" },
};
export const availabilities = Object.keys(availabilityWords) as Availability[];

/** The orders of a search for talents, beside the one by relevance. */
export const talentSortWords = {
  "-averageRating": "Rating",
  hourlyRate: "Lowest rate",
  "-createdAt": "Newest",
} as const satisfies Partial<Record<NonNullable<TalentFilter["sort"]>, string>>;
export const talentSorts = Object.keys(talentSortWords) as (keyof typeof talentSortWords)[];

const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const moment = new Intl.DateTimeFormat("en", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const clock = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** The day of a date, such as a due date, which is the same everywhere, or of a moment, which depends on the place. */
export const formatDay = (date: string): string =>
  day.format(new Date(date.length === 10 ? `${date}T00:00` : date));
export const formatMoment = (time: string): string => moment.format(new Date(time));
export const formatClock = (time: string): string => clock.format(new Date(time));

/** The date of today in the user's time zone, plus some days, as `YYYY-MM-DD`. */
export function dayFromToday(days: number): string {
  const date = new Date();
  date.setDate(date.getDate() + days);
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** “1 review”, “2 reviews”. */
export const counted = (count: number, thing: string): string =>
  `${count} ${count === 1 ? thing : `${thing}s`}`;

export const formatRate = (rate: number): string =>
  `$${Number.isInteger(rate) ? rate : rate.toFixed(2)}`;

export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export const formatPercent = (rate: number | null): string =>
  rate === null ? "–" : `${Math.round(rate * 100)} %`;
