import { z } from "zod";
import { answer, instant, pagination, paging, requests, uuid } from "./common.ts";

export const notificationTypes = [
  "task_assigned",
  "deliverable_submitted",
  "deliverable_approved",
  "revision_requested",
  "message_received",
  "review_received",
  "deadline_approaching",
  "project_status_changed",
  "team_added",
  "mentioned",
  "task_unassigned",
  "file_rejected",
] as const;

const type = z.enum(notificationTypes);
const channels = z.object({ inApp: z.boolean(), email: z.boolean() });

export const notificationQuery = z.object({
  isRead: z
    .enum(["true", "false"])
    .transform((word) => word === "true")
    .optional()
    .meta({ description: "Only read, or only unread ones.", openapi: { type: "boolean" } }),
  ...paging(20),
});
export const notificationParams = z.object({ notificationId: uuid });
export const unsubscribeQuery = z.object({
  token: z.string().min(1).max(512).meta({ description: "Of the link in the mail." }),
});

const choices = z.partialRecord(type, z.strictObject(channels.partial().shape));

/** What reading answered may be sent back as it is. */
export const updatePreferences = z
  .union([z.strictObject({ preferences: choices }), choices])
  .register(requests, { id: "UpdateNotificationPreferences" });

export const notification = answer("Notification", {
  id: uuid,
  type,
  title: z.string(),
  message: z.string(),
  entityType: z.string().nullable(),
  entityId: uuid.nullable(),
  metadata: z
    .object({ projectId: uuid, taskId: uuid, conversationId: uuid })
    .partial()
    .meta({ description: "Those that apply." }),
  isRead: z.boolean(),
  readAt: instant.nullable(),
  createdAt: instant,
});

export const notificationList = answer("NotificationList", {
  notifications: z.array(notification),
  unreadCount: z.int().min(0).meta({ description: "Of all, whatever the filter." }),
  pagination,
});

export const preferences = answer("NotificationPreferences", {
  preferences: z.record(type, channels),
});

export const unsubscribed = answer("Unsubscribed", {
  unsubscribed: z.literal(true),
  type,
});
