import { operation } from "../operation.ts";
import * as schemas from "../schemas/notifications.ts";

const tag = "Notifications";

const listNotifications = operation({
  id: "listNotifications",
  method: "get",
  path: "/notifications",
  tag,
  summary: "Your notifications, newest first",
  access: "user",
  query: schemas.notificationQuery,
  success: {
    status: 200,
    description: "A page of notifications",
    schema: schemas.notificationList,
    list: "notifications",
  },
  errors: [],
  handle: ({ call, query }) => call("list_notifications", query),
});

const markAllRead = operation({
  id: "markAllNotificationsRead",
  method: "put",
  path: "/notifications/read-all",
  tag,
  summary: "Mark all notifications as read",
  access: "user",
  success: { status: 204, description: "They are marked" },
  errors: [],
  handle: async ({ call }) => {
    await call("mark_all_notifications_read");
    return undefined;
  },
});

const markRead = operation({
  id: "markNotificationRead",
  method: "put",
  path: "/notifications/:notificationId/read",
  tag,
  summary: "Mark a notification as read",
  access: "user",
  params: schemas.notificationParams,
  success: { status: 204, description: "It is marked" },
  errors: ["NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("mark_notification_read", params);
    return undefined;
  },
});

const getPreferences = operation({
  id: "getNotificationPreferences",
  method: "get",
  path: "/notifications/preferences",
  tag,
  summary: "Which notifications reach you where",
  access: "user",
  success: { status: 200, description: "Every type", schema: schemas.preferences },
  errors: [],
  handle: ({ call }) => call("get_notification_preferences"),
});

const updatePreferences = operation({
  id: "updateNotificationPreferences",
  method: "put",
  path: "/notifications/preferences",
  tag,
  summary: "Change which notifications reach you where",
  description: "Types and channels that are not sent stay.",
  access: "user",
  body: schemas.updatePreferences,
  success: { status: 200, description: "Every type after the change", schema: schemas.preferences },
  errors: [],
  handle: ({ call, body }) => call("update_notification_preferences", { patch: body }),
});

const unsubscribing = {
  path: "/notifications/unsubscribe",
  tag,
  access: "public",
  query: schemas.unsubscribeQuery,
  success: { status: 200, description: "It ended", schema: schemas.unsubscribed },
  errors: [],
} as const;

/** What a reader's click on the link does. A mail program that only looks does the same, for one type. */
const followUnsubscribe = operation({
  ...unsubscribing,
  id: "followUnsubscribeLink",
  method: "get",
  summary: "End mails of one type, by the link in such a mail",
  writes: true,
  handle: ({ query, call }) => call("unsubscribe", query),
});

/** RFC 8058: mail programs post to the same address, with a form nobody has to read. */
const unsubscribe = operation({
  ...unsubscribing,
  id: "unsubscribe",
  method: "post",
  summary: "End mails of one type, as mail programs do with one click",
  handle: ({ query, call }) => call("unsubscribe", query),
});

export const notifications = [
  listNotifications,
  markAllRead,
  getPreferences,
  updatePreferences,
  followUnsubscribe,
  unsubscribe,
  markRead,
];
