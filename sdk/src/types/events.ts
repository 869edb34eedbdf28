import type { UserCard } from "./card.ts";
import type { Deliverable } from "./deliverables.ts";
import type { Message } from "./messages.ts";
import type { Notification } from "./notifications.ts";
import type { Status } from "./projects.ts";
import type { Task } from "./tasks.ts";

/**
 * What the backend tells a user as it happens, by event. Everything is told to those it concerns and never
 * to the one who did it. Persons are public cards.
 */
export interface RealtimeEvents {
  /** Somebody wrote. */
  readonly "message:received": { readonly message: Message; readonly conversationId: string };
  /** A message was edited. */
  readonly "message:updated": { readonly message: Message; readonly conversationId: string };
  readonly "message:deleted": { readonly messageId: string; readonly conversationId: string };
  /** The other side has read up to this message. */
  readonly "conversation:read": {
    readonly conversationId: string;
    readonly userId: string;
    readonly messageId: string;
    readonly readAt: string;
  };
  readonly "task:assigned": { readonly task: Task; readonly assignedBy: UserCard };
  readonly "task:status_changed": {
    readonly taskId: string;
    readonly projectId: string;
    readonly status: Status;
    readonly updatedBy: UserCard;
  };
  /** Its files have no addresses here: `deliverables.get` signs them. */
  readonly "deliverable:submitted": {
    readonly deliverable: Deliverable;
    readonly projectId: string;
  };
  readonly "deliverable:approved": {
    readonly deliverableId: string;
    readonly projectId: string;
    readonly taskId: string;
    readonly approvedBy: UserCard;
  };
  readonly "deliverable:revision_requested": {
    readonly deliverableId: string;
    readonly projectId: string;
    readonly taskId: string;
    readonly feedback: string;
    readonly requestedBy: UserCard;
  };
  readonly "notification:new": { readonly notification: Notification };
}

/** The name of an event. */
export type RealtimeEvent = keyof RealtimeEvents;

/** About the delivery of an event, beside what it says. */
export interface Delivery {
  /** The event's own id; an event is handed out once, however often it arrives. */
  readonly id: string | null;
  /** Whether it was missed at first and fetched after the connection came back. */
  readonly replayed: boolean;
}

/** Hears of an event. */
export type RealtimeHandler<Event extends RealtimeEvent> = (
  payload: RealtimeEvents[Event],
  delivery: Delivery,
) => unknown;

/**
 * How it stands with the events:
 *
 * - `closed`: nobody listens, or the session has ended.
 * - `connecting`: the first connection is being made.
 * - `live`: they arrive.
 * - `reconnecting`: the connection is lost and being made again.
 * - `denied`: the backend refuses; it is not asked again until somebody listens anew.
 */
export type RealtimeStatus = "closed" | "connecting" | "live" | "reconnecting" | "denied";
