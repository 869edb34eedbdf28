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
    .boolean()
    .optional()
    .meta({ description: "Only read notifications, or only unread ones." }),
  ...paging(20),
});
export const notificationParams = z.object({ notificationId: uuid });
export const unsubscribeQuery = z.object({
  token: z.string().min(1).max(512).meta({ description: "From the link in the email." }),
});

const choices = z.partialRecord(type, z.strictObject(channels.partial().shape));

/** The response of reading the preferences is accepted as well. */
export const updatePreferences = z
  .union([z.strictObject({ preferences: choices }), choices])
  .meta({ examples: [{ message_received: { email: false } }] })
  .register(requests, { id: "UpdateNotificationPreferences" });

export const notification = answer("Notification", {
  id: uuid,
  type,
  title: z.string(),
  message: z.string(),
  entityType: z
    .enum(["project", "task", "deliverable", "message", "review", "conversation", "team"])
    .nullable(),
  entityId: uuid.nullable(),
  metadata: z
    .object({ projectId: uuid, taskId: uuid, conversationId: uuid })
    .partial()
    .meta({ description: "Only the ids that apply." }),
  isRead: z.boolean(),
  readAt: instant.nullable(),
  createdAt: instant,
});

export const notificationList = answer("NotificationList", {
  notifications: z.array(notification),
  unreadCount: z
    .int()
    .min(0)
    .meta({ description: "Counts all unread notifications, regardless of the filter." }),
  pagination,
});

export const preferences = answer("NotificationPreferences", {
  preferences: z.record(type, channels),
});

export const unsubscribed = answer("Unsubscribed", {
  unsubscribed: z.literal(true),
  type,
});
