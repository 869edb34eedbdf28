import { afterAll, beforeAll, expect, test } from "vitest";
import { admin, type Person, somebody } from "../contract/target.ts";
import { until } from "../support/http.ts";

interface Change {
  readonly eventType: string;
  readonly new: Record<string, unknown>;
  readonly old: Record<string, unknown>;
}

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([somebody(), somebody()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

/** Listens to changes of a table; resolves when the server says that it does. */
async function listen({ client }: Person, table: string, filter?: string) {
  await client.realtime.setAuth();
  const changes: Change[] = [];
  const told: { status: string; message: string }[] = [];
  const channel = client.channel(`changes ${table} ${filter ?? ""}`);
  channel
    .on(
      "postgres_changes",
      { event: "*", schema: "public", table, ...(filter === undefined ? {} : { filter }) },
      (change) => changes.push(change as unknown as Change),
    )
    .on("system", {}, (system) => told.push(system))
    .subscribe();
  await until("the server has said something", () => told.length > 0);
  return { changes, told: told[0] };
}

test("changes reach whoever may see the row", async () => {
  const a = await listen(ada, "scores");
  const b = await listen(bob, "scores");
  const many = await listen(ada, "scores", "points=gt.10");
  expect(a.told).toMatchObject({ status: "ok", message: "Subscribed to PostgreSQL" });

  const scores = admin.from("scores");
  await scores.insert([
    { id: 1, owner_id: ada.user.id, points: 5, remark: { by: ["judge"] } },
    { id: 2, owner_id: bob.user.id, points: 50 },
  ]);
  // Rows are looked up as the listener when their change is told: they have to be there then.
  await until("the first is told", () => a.changes.length === 1 && b.changes.length === 1);
  await scores.update({ points: 20 }).eq("id", 1);
  await until("the second is told", () => a.changes.length === 2 && many.changes.length === 1);
  await scores.delete().eq("id", 1);
  await until("all is told", () => a.changes.length === 3 && b.changes.length === 2);

  expect(a.changes.map(({ eventType }) => eventType)).toEqual(["INSERT", "UPDATE", "DELETE"]);
  expect(a.changes[1]?.new).toMatchObject({ id: 1, points: 20, remark: { by: ["judge"] } });
  // Nobody can say any more who could see a row that is gone: its key is told, and nothing else.
  expect(a.changes[2]?.old).toEqual({ id: 1 });
  expect(b.changes.map(({ new: row }) => row.id ?? "deleted")).toEqual([2, "deleted"]);
  expect(many.changes.map(({ new: { points } }) => points)).toEqual([20]);
  await scores.delete().eq("id", 2);
});

test("a table that is not published, or a column that is not there, is told", async () => {
  expect((await listen(ada, "notes")).told?.status).toBe("error");
  expect((await listen(ada, "scores", "nothing=eq.1")).told?.message).toMatch(
    /^Unable to subscribe to changes with given parameters/,
  );
});
