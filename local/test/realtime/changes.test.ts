import { afterAll, beforeAll, expect, test } from "vitest";
import { admin, newUser, type Person } from "../contract/target.ts";
import { until } from "../support/http.ts";

interface Change {
  readonly eventType: string;
  readonly new: Record<string, unknown>;
  readonly old: Record<string, unknown>;
}

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([newUser(), newUser()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

/** Subscribes to changes of a table and waits for the server's status message. */
async function listen({ client }: Person, table: string, filter?: string) {
  await client.realtime.setAuth();
  const changes: Change[] = [];
  const statuses: { status: string; message: string }[] = [];
  const channel = client.channel(`changes ${table} ${filter ?? ""}`);
  channel
    .on(
      "postgres_changes",
      { event: "*", schema: "public", table, ...(filter === undefined ? {} : { filter }) },
      (change) => changes.push(change as unknown as Change),
    )
    .on("system", {}, (system) => statuses.push(system))
    .subscribe();
  await until("the status arrives", () => statuses.length > 0);
  return { changes, status: statuses[0] };
}

test("delivers changes to users who can select the row", async () => {
  const a = await listen(ada, "scores");
  const b = await listen(bob, "scores");
  const many = await listen(ada, "scores", "points=gt.10");
  expect(a.status).toMatchObject({ status: "ok", message: "Subscribed to PostgreSQL" });

  const scores = admin.from("scores");
  await scores.insert([
    { id: 1, owner_id: ada.user.id, points: 5, remark: { by: ["judge"] } },
    { id: 2, owner_id: bob.user.id, points: 50 },
  ]);
  // The server selects each row when it delivers the change, so the row must still exist.
  await until("the inserts have arrived", () => a.changes.length === 1 && b.changes.length === 1);
  await scores.update({ points: 20 }).eq("id", 1);
  await until("the update has arrived", () => a.changes.length === 2 && many.changes.length === 1);
  await scores.delete().eq("id", 1);
  await until("the deletion has arrived", () => a.changes.length === 3 && b.changes.length === 2);

  expect(a.changes.map(({ eventType }) => eventType)).toEqual(["INSERT", "UPDATE", "DELETE"]);
  expect(a.changes[1]?.new).toMatchObject({ id: 1, points: 20, remark: { by: ["judge"] } });
  // Policies cannot be evaluated for a deleted row, so only its key is sent.
  expect(a.changes[2]?.old).toEqual({ id: 1 });
  expect(b.changes.map(({ new: row }) => row.id ?? "deleted")).toEqual([2, "deleted"]);
  expect(many.changes.map(({ new: { points } }) => points)).toEqual([20]);
  await scores.delete().eq("id", 2);
});

test("reports a table that is not published and an unknown column", async () => {
  expect((await listen(ada, "notes")).status?.status).toBe("error");
  expect((await listen(ada, "scores", "nothing=eq.1")).status?.message).toMatch(
    /^Unable to subscribe to changes with given parameters/,
  );
});
