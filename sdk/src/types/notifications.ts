import type { Pagination } from "../core/result.ts";

/** What one can be notified of. */
export type KnownNotificationType =
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

/** What a notification is about. More may come: keep a `default` branch. */
export type NotificationType = KnownNotificationType | (string & {});

/** A notification. */
export interface Notification {
  readonly id: string;
  readonly type: NotificationType;
  readonly title: string;
  readonly message: string;
  /** What kind of thing `entityId` names. */
  readonly entityType: string | null;
  readonly entityId: string | null;
  /** Where it leads. */
  readonly metadata: NotificationPlace;
  readonly isRead: boolean;
  readonly readAt: string | null;
  /** ISO 8601 in UTC, like every time here. */
  readonly createdAt: string;
}

/** The place a notification is about, as far as it has one. */
export interface NotificationPlace {
  readonly projectId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly [more: string]: unknown;
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
  readonly preferences: Readonly<Record<KnownNotificationType, Channels>>;
}

/** Changes to the preferences: types and channels left out stay. */
export type PreferencesPatch = Readonly<Partial<Record<KnownNotificationType, Partial<Channels>>>>;
