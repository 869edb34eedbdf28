import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/notifications.ts";
import { askToUnsubscribe, unsubscribedPage, unsubscribePage } from "./mail-links.ts";

const tag = "Notifications";

const listNotifications: Operation = {
  id: "listNotifications",
  method: "get",
  path: "/notifications",
  tag,
  summary: "List the caller's notifications, newest first",
  access: "user",
  query: schemas.notificationQuery,
  success: {
    status: 200,
    description: "A page of notifications",
    schema: schemas.notificationList,
    list: "notifications",
  },
  errors: [],
  handle: ({ call, query }) => call("list_notifications", {}, { input: query }),
};

const markAllRead: Operation = {
  id: "markAllNotificationsRead",
  method: "put",
  path: "/notifications/read-all",
  tag,
  summary: "Mark all notifications as read",
  access: "user",
  success: { status: 204, description: "All notifications are marked" },
  errors: [],
  handle: async ({ call }) => {
    await call("mark_all_notifications_read");
    return undefined;
  },
};

const markRead: Operation = {
  id: "markNotificationRead",
  method: "put",
  path: "/notifications/:notificationId/read",
  tag,
  summary: "Mark a notification as read",
  access: "user",
  params: schemas.notificationParams,
  success: { status: 204, description: "The notification is marked" },
  errors: ["NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("mark_notification_read", params);
    return undefined;
  },
};

const getPreferences: Operation = {
  id: "getNotificationPreferences",
  method: "get",
  path: "/notifications/preferences",
  tag,
  summary: "Get the channels of each notification type",
  access: "user",
  success: { status: 200, description: "All types", schema: schemas.preferences },
  errors: [],
  handle: ({ call }) => call("get_notification_preferences"),
};

const updatePreferences: Operation = {
  id: "updateNotificationPreferences",
  method: "put",
  path: "/notifications/preferences",
  tag,
  summary: "Update the channels of notification types",
  description: "Types and channels that are omitted are unchanged.",
  access: "user",
  body: schemas.updatePreferences,
  success: { status: 200, description: "All types after the update", schema: schemas.preferences },
  errors: [],
  handle: ({ call, body }) => call("update_notification_preferences", { patch: body.json }),
};

const unsubscribing = {
  path: "/notifications/unsubscribe",
  tag,
  access: "public",
  linked: true,
  query: schemas.unsubscribeQuery,
  success: { status: 200, description: "The type is unsubscribed", schema: schemas.unsubscribed },
  errors: [],
} as const;

/** The link in an email. It changes nothing, because mail scanners open links; its button posts. */
const followUnsubscribe: Operation = {
  ...unsubscribing,
  id: "followUnsubscribeLink",
  method: "get",
  summary: "Get a page that asks whether to unsubscribe from one notification type",
  success: { status: 200, description: "A page with a button", mediaType: "text/html" },
  page: unsubscribePage,
  handle: async ({ query, call }) =>
    askToUnsubscribe(await call("follow_unsubscribe_link", {}, { input: query })),
};

/** RFC 8058: mail programs post to the same URL. The form that they send is not needed. */
const unsubscribe: Operation = {
  ...unsubscribing,
  id: "unsubscribe",
  method: "post",
  summary: "One-click unsubscribe from one notification type (RFC 8058)",
  page: unsubscribedPage,
  handle: ({ query, call }) => call("unsubscribe", {}, { input: query }),
};

export const notifications: readonly Operation[] = [
  listNotifications,
  markAllRead,
  getPreferences,
  updatePreferences,
  followUnsubscribe,
  unsubscribe,
  markRead,
];
