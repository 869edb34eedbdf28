/** What becomes of listeners when a part dies; the embedded stack only. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiUrl, isEmbedded, type Person, query, somebody } from "../contract/target.ts";
import { until } from "../support/http.ts";
import { join, RawSocket, send } from "./support.ts";

interface Part {
  readonly pid: number;
  readonly restarts: number;
  readonly state: string;
}

const partOf = async (name: string): Promise<Part> => {
  const health = await (await fetch(`${apiUrl}/health`)).json();
  return (health as { parts: Record<string, Part> }).parts[name] as Part;
};

async function kill(name: string): Promise<void> {
  const before = await partOf(name);
  process.kill(before.pid, "SIGKILL");
  await until(`${name} is back`, async () => {
    const now = await partOf(name);
    return now.state === "healthy" && now.restarts > before.restarts;
  });
}

describe.runIf(isEmbedded)("listeners", () => {
  let ada: Person;

  beforeAll(async () => {
    ada = await somebody();
  });
  afterAll(() => ada.client.removeAllChannels());

  test.each(["realtime", "postgres"])(
    "come back by themselves after %s was killed",
    async (part) => {
      const topic = `own:${ada.user.id}`;
      const ear = await join(ada, topic);
      expect(ear.status).toBe("SUBSCRIBED");
      await kill(part);
      await until(
        "they hear again",
        async () => {
          await send(topic, "again", {}).catch(() => undefined);
          return ear.heard.some(({ event }) => event === "again");
        },
        25_000,
      );
      await ada.client.removeAllChannels();
      await until("no slot is left behind", async () => {
        const [slots] = await query("select count(*)::integer as n from pg_replication_slots");
        return Number(slots?.n) <= 2;
      });
    },
    60_000,
  );

  test("one that does not read is cut, and holds up nobody", async () => {
    const slow = await RawSocket.open();
    const quick = await RawSocket.open();
    await slow.join("flood");
    await quick.join("flood");
    (slow.socket as unknown as { _socket: { pause(): void } })._socket.pause();
    const text = "x".repeat(1_000_000);
    for (let n = 0; n < 40; n += 1) await send("flood", "much", { text, n }, false);
    await until("the quick one has all", () => quick.binary.length === 40, 20_000);
    (slow.socket as unknown as { _socket: { resume(): void } })._socket.resume();
    await until("the slow one was cut", () => slow.closed !== undefined, 20_000);
    quick.close();
  });

  test("a thousand of them hear what is said", async () => {
    const sockets: RawSocket[] = [];
    for (let hundred = 0; hundred < 10; hundred += 1) {
      const more = await Promise.all(Array.from({ length: 100 }, () => RawSocket.open()));
      await Promise.all(more.map((socket) => socket.join("crowd")));
      sockets.push(...more);
    }
    for (let n = 0; n < 20; n += 1) await send("crowd", "count", { n }, false);
    await until(
      "all have heard all",
      () => sockets.every(({ binary }) => binary.length === 20),
      20_000,
    );
    for (const socket of sockets) socket.close();
  }, 60_000);
});
