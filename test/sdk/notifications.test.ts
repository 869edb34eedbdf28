import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import { notification, pagination, preferences } from "./responses.ts";
import { person, team } from "./support.ts";

const page = z.strictObject({
  notifications: z.array(notification),
  unreadCount: z.int(),
  pagination,
});

test("notifications can be listed and marked as read, one or all", async () => {
  const { talent, creator, projectId, taskId } = await team();
  const { notifications } = talent.onswift;
  const { unreadCount, ...list } = page.parse(await notifications.list().orThrow());
  expect(unreadCount).toBe(list.notifications.length);
  const task = list.notifications.find(({ type }) => type === "task_assigned");
  expect(task).toMatchObject({ entityType: "task", entityId: taskId, isRead: false });
  expect(task?.metadata).toMatchObject({ projectId, taskId });

  for (const _ of ["once", "twice"]) await notifications.markRead(task?.id ?? "").orThrow();
  const read = await notifications.list({ isRead: true }).orThrow();
  expect(read.notifications.map(({ id }) => id)).toEqual([task?.id]);
  expect(read.notifications[0]?.readAt).not.toBeNull();
  expect(read.unreadCount).toBe(unreadCount - 1);

  await notifications.markAllRead().orThrow();
  const unread = await notifications.list({ isRead: false }).orThrow();
  expect([unread.unreadCount, unread.notifications]).toEqual([0, []]);

  const foreign = await creator.onswift.notifications.markRead(task?.id ?? "");
  expect(foreign.error?.code).toBe("NOT_FOUND");
  expect((await notifications.markRead(randomUUID())).error?.code).toBe("NOT_FOUND");
});

test("preferences contain every type and can be updated one by one", async () => {
  const { onswift } = await person("talent");
  const { notifications } = onswift;
  const before = preferences.parse(await notifications.preferences().orThrow());
  expect(before.preferences.task_assigned).toEqual({ inApp: true, email: true });
  const after = await notifications
    .updatePreferences({ task_assigned: { email: false } })
    .orThrow();
  expect(preferences.parse(after).preferences).toEqual({
    ...before.preferences,
    task_assigned: { inApp: true, email: false },
  });
  expect(await notifications.preferences().orThrow()).toEqual(after);
  const { error } = await notifications.updatePreferences({ gossip: { email: true } } as never);
  expect(error?.details?.map(({ field }) => field)).toEqual(["gossip"]);
});
