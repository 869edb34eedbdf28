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
        .insertInto("public.notifications")
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
