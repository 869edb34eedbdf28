import { afterAll, expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { call, signUp } from "../world/through-supabase-js.ts";
import { crowd } from "./crowd.ts";

const sql = openDatabase(8);
const db = tables(sql);
afterAll(() => sql.end());

/** Notifies both in one transaction, in this order. */
const notify = (userIds: readonly string[]) =>
  sql.begin(async (tx) => {
    for (const userId of userIds) {
      await tables(tx)
        .insertInto("private.notifications")
        .values({ user_id: userId, type: "mentioned", title: "x", message: "x" })
        .execute();
    }
  });

test("totals are exact after notifying, reading and adding up at once, and nobody waits in a circle", async () => {
  const readers = await Promise.all([signUp("creator"), signUp("talent")]);
  const ids = readers.map(({ id }) => id);
  await crowd(40, async (index) => {
    if (index % 8 === 3)
      await Promise.all(readers.map((r) => call(r, "mark_all_notifications_read", {})));
    else if (index % 8 === 7) await sql`select private.add_up_notifications()`;
    else await notify(index % 2 === 0 ? ids : [...ids].reverse());
  });
  for (const reader of readers) {
    const { data: answer } = await call(reader, "list_notifications", {});
    const rows = await db
      .selectFrom("public.notifications")
      .select("is_read")
      .where("user_id", "=", reader.id)
      .execute();
    expect(rows).toHaveLength(30);
    expect(answer.pagination.total).toBe(rows.length);
    expect(answer.unreadCount).toBe(rows.filter((row) => !row.is_read).length);
  }
});

test("what nobody had seen stays unread: reading all, notifying, reading one, deleting and the job at once", async () => {
  const reader = await signUp("talent");
  const notifyOnly = () => notify([reader.id]);
  await crowd(20, notifyOnly);

  // Added before, committed after: its time is earlier than that of the watermark.
  const committed = sql.begin(async (tx) => {
    await tables(tx)
      .insertInto("private.notifications")
      .values({ user_id: reader.id, type: "mentioned", title: "unseen", message: "x" })
      .execute();
    await call(reader, "mark_all_notifications_read", {});
  });
  await committed;
  const { data: afterwards } = await call(reader, "list_notifications", { isRead: "false" });
  expect(afterwards.notifications.map(({ title }: { title: string }) => title)).toEqual(["unseen"]);
  expect(afterwards.unreadCount).toBe(1);

  await crowd(60, async (index) => {
    const { data: page } = await call(reader, "list_notifications", { isRead: "false" });
    const [newest] = page.notifications;
    if (index % 6 === 0) await call(reader, "mark_all_notifications_read", {});
    else if (index % 6 === 1) await sql`select private.settle_watermarks(7)`;
    else if (index % 6 === 2 && newest !== undefined)
      await call(reader, "mark_notification_read", { notificationId: newest.id });
    else if (index % 6 === 3 && newest !== undefined)
      await sql`delete from private.notifications where id = ${newest.id}`;
    else await notifyOnly();
  });
  const seen = async () => {
    const { data: answer } = await call(reader, "list_notifications", {});
    const rows = await db
      .selectFrom("public.notifications")
      .select("is_read")
      .where("user_id", "=", reader.id)
      .execute();
    expect(answer.pagination.total).toBe(rows.length);
    expect(answer.unreadCount).toBe(rows.filter((row) => row.is_read === false).length);
    return answer.unreadCount;
  };
  const before = await seen();
  // The embedded job may hold the watermark for a moment; what is left then is settled by the next run.
  await expect
    .poll(async () => {
      await sql`select private.settle_watermarks()`;
      return db
        .selectFrom("private.notification_watermarks")
        .select("user_id")
        .where("user_id", "=", reader.id)
        .execute();
    })
    .toEqual([]);
  expect(await seen()).toBe(before);

  await call(reader, "mark_all_notifications_read", {});
  expect(await seen()).toBe(0);
});

test("a message after all was read adds a notification of its own", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const { data: opened } = await call(creator, "open_conversation", { participantId: talent.id });
  const send = (content: string) =>
    call(creator, "send_message", { conversationId: opened.id, content });
  await send("first");
  await call(talent, "mark_all_notifications_read", {});
  await send("second");
  const { data: answer } = await call(talent, "list_notifications", {});
  expect(answer.notifications.map(({ isRead }: { isRead: boolean }) => isRead)).toEqual([
    false,
    true,
  ]);
  expect(answer.unreadCount).toBe(1);
});
