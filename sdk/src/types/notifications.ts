import type { Pagination } from "../core/lists.ts";

/**
 * The type of a notification. A newer backend may add types: always keep a `default` branch.
 */
export type NotificationType =
  | "task_assigned"
  | "task_unassigned"
  | "deliverable_submitted"
  | "deliverable_approved"
  | "revision_requested"
  | "message_received"
  | "review_received"
  | "deadline_approaching"
  | "project_status_changed"
  | "team_added"
  | "mentioned"
  | "file_rejected";

/** What a notification can be about. A newer backend may add types: always keep a `default` branch. */
export type EntityType =
  | "project"
  | "task"
  | "deliverable"
  | "message"
  | "review"
  | "conversation"
  | "team";

/** A notification of the signed-in user. */
export interface Notification {
  readonly id: string;
  readonly type: NotificationType;
  readonly title: string;
  readonly message: string;
  /** What `entityId` identifies. */
  readonly entityType: EntityType | null;
  readonly entityId: string | null;
  readonly metadata: NotificationMetadata;
  readonly isRead: boolean;
  readonly readAt: string | null;
  /** ISO 8601 in UTC, like every time in the SDK. */
  readonly createdAt: string;
}

/** What a notification is about; only the ids that apply are set. */
export interface NotificationMetadata {
  readonly projectId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly conversationId?: string | undefined;
}

/** One page of notifications. */
export interface NotificationList {
  readonly notifications: readonly Notification[];
  /** Unread notifications in total, independent of the filter. */
  readonly unreadCount: number;
  readonly pagination: Pagination;
}

/** The notifications to list. */
export interface NotificationFilter {
  readonly isRead?: boolean | undefined;
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Items per page: default 20, at most 100. */
  readonly limit?: number | undefined;
}

/** The channels on which notifications of one type arrive. */
export interface Channels {
  readonly inApp: boolean;
  readonly email: boolean;
}

/** The channels of the signed-in user's notifications, by type. */
export interface NotificationPreferences {
  readonly preferences: Readonly<Record<NotificationType, Channels>>;
}

/** Changes to the preferences. Types and channels that are left out keep their values. */
export type PreferencesPatch = Readonly<Partial<Record<NotificationType, Partial<Channels>>>>;

/** The result of `notifications.unsubscribe`. */
export interface Unsubscribed {
  readonly unsubscribed: true;
  /** The notification type whose emails ended. */
  readonly type: NotificationType;
}
