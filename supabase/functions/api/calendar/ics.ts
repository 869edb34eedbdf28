import ical, { ICalCalendarMethod, ICalEventStatus } from "ical-generator";

/** What `private.calendar_feed` returns. */
export interface Feed {
  readonly name: string;
  readonly events: readonly FeedEvent[];
}

interface FeedEvent {
  readonly kind: "task" | "project";
  readonly id: string;
  readonly name: string;
  readonly projectName: string;
  readonly description: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly status: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly sequence: number;
}

const day = 24 * 60 * 60 * 1000;

/**
 * Writes a feed as iCalendar (RFC 5545): one all-day event for each due date, without a time zone. The UID of an
 * event never changes and its SEQUENCE grows with every change, so that programs update it in place.
 */
export function toICalendar({ name, events }: Feed): string {
  const calendar = ical({
    name,
    prodId: { company: "OnSwift", product: "Calendar", language: "EN" },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 60 * 60,
  });
  for (const event of events) {
    const start = new Date(`${event.date}T00:00:00Z`);
    calendar.createEvent({
      id: `${event.kind}-${event.id}@onswift`,
      sequence: event.sequence,
      start,
      end: new Date(start.getTime() + day),
      allDay: true,
      stamp: new Date(event.updatedAt),
      created: new Date(event.createdAt),
      lastModified: new Date(event.updatedAt),
      status: ICalEventStatus.CONFIRMED,
      summary: summaryOf(event),
      description: event.description,
    });
  }
  return calendar.toString();
}

function summaryOf({ kind, name, projectName, status }: FeedEvent): string {
  const mark = status === "completed" ? "✓ " : "";
  return mark + (kind === "task" ? `${name} (${projectName})` : `${name}: project due`);
}
