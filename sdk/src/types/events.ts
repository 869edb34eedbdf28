import type { UserCard } from "./card.ts";
import type { Deliverable } from "./deliverables.ts";
import type { Message } from "./messages.ts";
import type { Notification } from "./notifications.ts";
import type { Status } from "./projects.ts";
import type { Task } from "./tasks.ts";

/**
 * The realtime events and their payloads. The backend sends an event to the users it concerns, except to the
 * user who caused it.
 */
export interface RealtimeEvents {
  /** The other participant sent a message. */
  readonly "message:received": { readonly message: Message; readonly conversationId: string };
  /** The other participant edited a message. */
  readonly "message:updated": { readonly message: Message; readonly conversationId: string };
  /** The other participant deleted a message. */
  readonly "message:deleted": { readonly messageId: string; readonly conversationId: string };
  /** The other participant marked the conversation as read up to this message. */
  readonly "conversation:read": {
    readonly conversationId: string;
    readonly userId: string;
    readonly messageId: string;
    readonly readAt: string;
  };
  /** A task was assigned to the user. */
  readonly "task:assigned": { readonly task: Task; readonly assignedBy: UserCard };
  /** The status of a task changed in one of the user's projects. */
  readonly "task:status_changed": {
    readonly taskId: string;
    readonly projectId: string;
    readonly status: Status;
    readonly updatedBy: UserCard;
  };
  /** A talent submitted or resubmitted a deliverable. Its files have no URLs: call `files.downloadUrl`. */
  readonly "deliverable:submitted": {
    readonly deliverable: Deliverable;
    readonly projectId: string;
  };
  /** The creator approved a deliverable of the user. */
  readonly "deliverable:approved": {
    readonly deliverableId: string;
    readonly projectId: string;
    readonly taskId: string;
    readonly approvedBy: UserCard;
  };
  /** The creator requested a revision of a deliverable of the user. */
  readonly "deliverable:revision_requested": {
    readonly deliverableId: string;
    readonly projectId: string;
    readonly taskId: string;
    readonly feedback: string;
    readonly requestedBy: UserCard;
  };
  /** The user has a new notification. */
  readonly "notification:new": { readonly notification: Notification };
}

/** The name of an event. */
export type RealtimeEvent = keyof RealtimeEvents;

/** How an event was delivered. */
export interface Delivery {
  /** The id of the event. Each event is delivered once. */
  readonly id: string | null;
  /** Whether the event was missed while disconnected and replayed after the reconnect. */
  readonly replayed: boolean;
  /**
   * The user who made the change; `null` for the system. Your own changes arrive when you made them on another
   * device or in another tab.
   */
  readonly actorId: string | null;
}

/** Receives an event. */
export type RealtimeHandler<Event extends RealtimeEvent> = (
  payload: RealtimeEvents[Event],
  delivery: Delivery,
) => unknown;

/**
 * The status of the realtime connection:
 *
 * - `closed`: there are no listeners, or the session has ended.
 * - `connecting`: the first connection is being made.
 * - `live`: events arrive.
 * - `reconnecting`: the connection was lost and is being made again.
 * - `denied`: the backend refused the connection. Adding a listener tries again.
 */
export type RealtimeStatus = "closed" | "connecting" | "live" | "reconnecting" | "denied";
