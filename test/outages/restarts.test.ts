import { setTimeout as sleep } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ScratchStack } from "../../scripts/scratch-stack.ts";
import { type Person, personOn } from "./people.ts";
import { Reader } from "./reader.ts";
import { breakableStack } from "./stack.ts";

const total = 10_000;
const pairsOfPeople = 4;
const perSecond = 350;

let stack: ScratchStack;
let sql: Sql;

beforeAll(async () => {
  stack = await breakableStack();
  sql = postgres(stack.about.DB_URL, { max: 4, onnotice: () => undefined });
}, 120_000);
afterAll(async () => {
  await sql?.end();
  await stack?.stop();
});

test("each side receives 10,000 messages exactly once while Realtime is killed every few seconds", async () => {
  const readers: Reader[] = [];
  const sides: { conversationId: string; from: Person; to: Reader }[] = [];
  for (let pair = 0; pair < pairsOfPeople; pair++) {
    const [creator, talent] = await Promise.all([
      personOn(stack, "creator"),
      personOn(stack, "talent"),
    ]);
    const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
    for (const [from, other] of [
      [creator, talent],
      [talent, creator],
    ] as const) {
      const reader = new Reader(other.onswift, id, other.id);
      await reader.start();
      readers.push(reader);
      sides.push({ conversationId: id, from, to: reader });
    }
  }

  let done = false;
  const killing = (async () => {
    for (let kills = 0; ; kills++) {
      await sleep(3_000);
      if (done) return kills;
      const { pid, state } = stack.health().realtime ?? {};
      if (state === "healthy" && pid !== undefined) process.kill(pid, "SIGKILL");
    }
  })();

  // The database's own role writes, because users can send only 10 messages per minute.
  const start = performance.now();
  const writing: Promise<unknown>[] = [];
  for (let number = 0; number < total; number++) {
    const { conversationId, from } = sides[number % sides.length] ?? raise();
    writing.push(sql`
      insert into public.messages (conversation_id, sender_id, content)
      values (${conversationId}, ${from.id}, ${`Message ${number}`})`);
    if (number % 20 === 0) {
      await sleep(Math.max(0, start + (number * 1000) / perSecond - performance.now()));
    }
  }
  await Promise.all(writing);
  done = true;
  expect(await killing).toBeGreaterThan(3);

  const each = total / sides.length;
  for (const { to, conversationId } of sides) {
    await expect.poll(() => to.held, { timeout: 60_000, interval: 200 }).toBe(each);
    const written = await sql<{ id: string }[]>`
      select id from public.messages
      where conversation_id = ${conversationId} and sender_id <> ${to.userId}
      order by sent_at, id`;
    expect(to.ids).toEqual(written.map(({ id }) => id));
    expect(to.deliveredTwice).toEqual([]);
    expect(await to.unread()).toBe(each);
  }
  // Marking half of the messages as read leaves the other half unread.
  for (const { to } of sides) {
    await to.readUpTo(each / 2 - 1);
    expect(await to.unread()).toBe(each / 2);
  }
  for (const reader of readers) reader.stop();
}, 240_000);

function raise(): never {
  throw new Error("There is no side that can send.");
}
