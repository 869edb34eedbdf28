import type { Pagination } from "../core/result.ts";

/** What a notification is about. Open for types to come. */
export type NotificationType =
  | "task_assigned"
  | "deliverable_submitted"
  | "deliverable_approved"
  | "revision_requested"
  | "message_received"
  | "review_received"
  | "deadline_approaching"
  | "project_status_changed"
  | "team_added"
  | "mention"
  | (string & {});

/** A notification. */
export interface Notification {
  readonly id: string;
  readonly type: NotificationType;
  readonly title: string;
  readonly message: string;
  /** What kind of thing `entityId` names. */
  readonly entityType: string | null;
  readonly entityId: string | null;
  /** Ids that lead to the place it is about, such as `projectId` or `conversationId`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly isRead: boolean;
  readonly readAt: string | null;
  /** ISO 8601 in UTC, like every time here. */
  readonly createdAt: string;
}

/** One page of notifications. */
export interface NotificationList {
  readonly notifications: readonly Notification[];
  /** Of all, whatever the filter. */
  readonly unreadCount: number;
  readonly pagination: Pagination;
}

/** Which notifications. */
export interface NotificationFilter {
  readonly isRead?: boolean | undefined;
  /** From 1. */
  readonly page?: number | undefined;
  /** Items a page: default 20, at most 100. */
  readonly limit?: number | undefined;
}

/** Where notifications of one type go. */
export interface Channels {
  readonly inApp: boolean;
  readonly email: boolean;
}

/** Where one's notifications go, by type. */
export interface NotificationPreferences {
  readonly preferences: Readonly<Record<NotificationType, Channels>>;
}

/** Changes to the preferences: types and channels left out stay. */
export type PreferencesPatch = Readonly<Partial<Record<NotificationType, Partial<Channels>>>>;
