/** Realtime clients while parts are killed or overloaded. Embedded stack only. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiUrl, isEmbedded, newUser, type Person, query } from "../contract/target.ts";
import { until } from "../support/http.ts";
import { join, RawSocket, sendFromDatabase } from "./support.ts";

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

describe.runIf(isEmbedded)("Realtime clients", () => {
  let ada: Person;

  beforeAll(async () => {
    ada = await newUser();
  });
  afterAll(() => ada.client.removeAllChannels());

  test.each(["realtime", "postgres"])(
    "reconnect and receive messages after %s is killed",
    async (part) => {
      const topic = `own:${ada.user.id}`;
      const joined = await join(ada, topic);
      expect(joined.status).toBe("SUBSCRIBED");
      await kill(part);
      await until(
        "a message arrives",
        async () => {
          await sendFromDatabase(topic, "again", {}).catch(() => undefined);
          return joined.received.some(({ event }) => event === "again");
        },
        25_000,
      );
      await ada.client.removeAllChannels();
      await until("old replication slots are removed", async () => {
        const [slots] = await query("select count(*)::integer as n from pg_replication_slots");
        return Number(slots?.n) <= 2;
      });
    },
    60_000,
  );

  test("are disconnected if they do not read, without affecting others", async () => {
    const slow = await RawSocket.open();
    const quick = await RawSocket.open();
    await slow.join("flood");
    await quick.join("flood");
    (slow.socket as unknown as { _socket: { pause(): void } })._socket.pause();
    const text = "x".repeat(1_000_000);
    for (let n = 0; n < 40; n += 1) await sendFromDatabase("flood", "much", { text, n }, false);
    await until("the other client has all messages", () => quick.binary.length === 40, 20_000);
    (slow.socket as unknown as { _socket: { resume(): void } })._socket.resume();
    await until("the slow client is disconnected", () => slow.closed !== undefined, 20_000);
    quick.close();
  });

  test("all receive every message when there are a thousand", async () => {
    const sockets: RawSocket[] = [];
    for (let hundred = 0; hundred < 10; hundred += 1) {
      const more = await Promise.all(Array.from({ length: 100 }, () => RawSocket.open()));
      await Promise.all(more.map((socket) => socket.join("crowd")));
      sockets.push(...more);
    }
    for (let n = 0; n < 20; n += 1) await sendFromDatabase("crowd", "count", { n }, false);
    await until(
      "every client has every message",
      () => sockets.every(({ binary }) => binary.length === 20),
      20_000,
    );
    for (const socket of sockets) socket.close();
  }, 60_000);
});
