/** The measure itself: it notices what it is there for. */
import { afterAll, expect, test } from "vitest";
import { openMarketplace, undone } from "./database.ts";
import { excesses } from "./limits.ts";
import { creator, talent } from "./people.ts";
import { callOf, readsOf, rowsOf } from "./reads.ts";

const sql = openMarketplace();
afterAll(() => sql.end());

test("a dropped index is noticed in a table and in an operation", async () => {
  const [plain, called] = await undone(sql, async (tx) => {
    await tx.unsafe(`
      drop index private.notifications_user_id_created_at_idx, private.notifications_unread_idx,
        private.notifications_one_per_conversation_key
    `);
    return [
      await readsOf(tx, talent, rowsOf("select * from private.notifications limit 50")),
      await readsOf(tx, talent, callOf("api.list_notifications()")),
    ] as const;
  });
  expect(excesses(plain)).toContainEqual(
    expect.stringMatching(/^scans private\.notifications: \d{6} rows/),
  );
  expect(excesses(called)).toContainEqual(
    expect.stringMatching(/^scans private\.notifications: \d{6} rows/),
  );
});

test("a policy that asks two tables with an or is noticed", async () => {
  const reads = await undone(sql, async (tx) => {
    await tx.unsafe(`
      alter policy select_reader on public.deliverable_files using (
        submitted_by_id = (select auth.uid())
        or exists (
          select from public.deliverables as d
          where d.id = deliverable_id and d.creator_id = (select auth.uid())
        )
      )
    `);
    return await readsOf(tx, creator, rowsOf("select * from public.deliverable_files limit 50"));
  });
  expect(excesses(reads)).toContainEqual(expect.stringMatching(/^scans deliverable_files/));
});

test("what runs inside of functions is counted", async () => {
  const reads = await undone(sql, (tx) => readsOf(tx, creator, callOf("api.list_blocks()")));
  expect(reads.tables.map(({ table }) => table)).toEqual(
    expect.arrayContaining(["auth.sessions", "profiles", "user_blocks"]),
  );
});

test("tables that do not grow may be read whole", () => {
  const scanned = (table: string) => [{ table, sequentialScans: 1, rows: 91 }];
  expect(excesses({ returned: 91, tables: scanned("skills") })).toEqual([]);
  expect(excesses({ returned: 91, tables: scanned("tasks") })).toHaveLength(1);
});

test("too many rows for an answer are noticed, whatever the plan", () => {
  const tables = [{ table: "tasks", sequentialScans: 0, rows: 1_200 }];
  expect(excesses({ returned: 20, tables })).toHaveLength(1);
  expect(excesses({ returned: 20, tables }, { counted: 200 })).toEqual([]);
});
