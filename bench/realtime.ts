/**
 * Measures how long a message takes from one user's `messages.send` to the other user's handler, through the
 * SDK: 50 messages per second over 200 connected clients. Verifies that each arrives once and in order. Measures
 * two baselines in the same seconds:
 *
 *   insert → raw   a row inserted into `realtime.messages`, to a plain WebSocket: nothing of OnSwift
 *   insert → SDK   the same row, to a handler of the SDK
 *
 * The goal is a p95 of message → handler within 200 ms. Exits with 1 when a message is lost, duplicated or out
 * of order.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { apiUrl, openDatabase, publishableKey } from "../test/world/stack.ts";
import { quantile, table } from "./support/figures.ts";
import { type Pair, type Person, pairs } from "./support/people.ts";
import { rawListener } from "./support/raw-socket.ts";

const clients = 200;
const perSecond = 50;
const probesPerSecond = 5;
/** A user can send 10 messages per minute, so 200 users can keep this rate for so long. */
const seconds = 30;
const warmUpSeconds = 3;
const goal = 200;

const sql = openDatabase(2);
const sentAt = new Map<string, number>();
const responded: number[] = [];
const arrived: number[] = [];
const received = new Map<string, string[]>();
const sent = new Map<string, string[]>();

console.log(`${clients} people sign up …`);
const world = await pairs(clients / 2);
const everyone = world.flatMap(({ creator, talent }) => [creator, talent]);
for (const person of everyone) listen(person);
const began = performance.now();
const joins = everyone.map((person) => person.onswift.realtime.on("task:assigned", () => 0).ready);
for (const { error } of await Promise.all(joins)) if (error) throw error;
console.log(
  `… and listen: all ${clients} joined within ${(performance.now() - began).toFixed(0)} ms.`,
);

const probes = await probing(world[0]?.creator as Person);
console.log(`${perSecond} messages a second for ${seconds + warmUpSeconds} seconds …\n`);
await Promise.all([chatter(), probe()]);
await allArrived();

const { raw, own } = probes;
console.log(
  table([
    { name: "message → handler", samples: arrived },
    { name: "message → response", samples: responded },
    { name: "insert → SDK", samples: own },
    { name: "insert → raw (baseline)", samples: raw },
  ]),
);
const ratios = own.map((value, index) => value / (raw[index] ?? Number.NaN));
console.log(
  `\nSDK ÷ raw, same rows: p50 ${quantile(ratios, 0.5).toFixed(2)}, p95 ${quantile(ratios, 0.95).toFixed(2)}`,
);
console.log(
  `message → handler ÷ baseline: p50 ${(quantile(arrived, 0.5) / quantile(raw, 0.5)).toFixed(2)}, p95 ${(quantile(arrived, 0.95) / quantile(raw, 0.95)).toFixed(2)}`,
);
const p95 = quantile(arrived, 0.95);
console.log(`Goal: p95 of message → handler within ${goal} ms: ${p95 <= goal ? "met" : "missed"}.`);
process.exit(report());

function listen({ id, onswift }: Person): void {
  const mine: string[] = [];
  received.set(id, mine);
  onswift.realtime.on("message:received", ({ message }) => {
    const at = sentAt.get(message.clientMessageId ?? "");
    if (at !== undefined && at > 0) arrived.push(performance.now() - at);
    mine.push(message.clientMessageId ?? "");
  });
}

/** Both sides of each conversation send in turns: one message every 20 ms, even if earlier ones are still on their way. */
async function chatter(): Promise<void> {
  const start = performance.now();
  const total = (seconds + warmUpSeconds) * perSecond;
  const sending: Promise<void>[] = [];
  for (let number = 0; number < total; number++) {
    await sleep(Math.max(0, start + (number * 1000) / perSecond - performance.now()));
    const pair = world[number % world.length] as Pair;
    const fromCreator = Math.floor(number / world.length) % 2 === 0;
    sending.push(send(pair, fromCreator, number >= warmUpSeconds * perSecond));
  }
  await Promise.all(sending);
}

async function send(pair: Pair, fromCreator: boolean, counts: boolean): Promise<void> {
  const { creator, talent, conversationId } = pair;
  const [from, to] = fromCreator ? [creator, talent] : [talent, creator];
  const clientMessageId = randomUUID();
  const at = performance.now();
  sentAt.set(clientMessageId, counts ? at : 0);
  sent.set(to.id, [...(sent.get(to.id) ?? []), clientMessageId]);
  const message = { content: "Sixty seconds, and the harbour last.", clientMessageId };
  await from.onswift.messages.send(conversationId, message).orThrow();
  if (counts) responded.push(performance.now() - at);
}

/** Both baselines listen to the same user's channel, so that each row is timed to both. */
async function probing({ id, token, onswift }: Person) {
  const topic = `user:${id}`;
  const waiting = new Map<string, number>();
  const raw: number[] = [];
  const own: number[] = [];
  const note = (to: number[], probe: unknown) => {
    const at = waiting.get(String(probe));
    if (at !== undefined) to.push(performance.now() - at);
  };
  const on = onswift.realtime.on.bind(onswift.realtime) as (
    event: string,
    handler: (payload: { readonly probe?: unknown }) => void,
  ) => unknown;
  on("bench:probe", ({ probe }) => note(own, probe));
  await rawListener(apiUrl, publishableKey, topic, token, (event, { probe }) => {
    if (event === "bench:probe") note(raw, probe);
  });
  const emit = async () => {
    const name = randomUUID();
    waiting.set(name, performance.now());
    await sql`
      insert into realtime.messages (topic, extension, payload, event, private)
      values (${topic}, 'broadcast', ${sql.json({ probe: name })}, 'bench:probe', true)`;
  };
  return { raw, own, emit };
}

async function probe(): Promise<void> {
  await sleep(warmUpSeconds * 1000);
  for (let number = 0; number < seconds * probesPerSecond; number++) {
    await probes.emit();
    await sleep(1000 / probesPerSecond);
  }
}

async function allArrived(): Promise<void> {
  const total = [...sent.values()].flat().length;
  for (let waited = 0; waited < 10_000; waited += 50) {
    if ([...received.values()].flat().length >= total) return;
    await sleep(50);
  }
}

/** Messages of one conversation are sent two seconds apart, so they must arrive in the order of sending. */
function report(): number {
  let lost = 0;
  let duplicated = 0;
  for (const [id, expected] of sent) {
    const mine = received.get(id) ?? [];
    duplicated += mine.length - new Set(mine).size;
    lost += expected.filter((message) => !mine.includes(message)).length;
  }
  const disordered = everyone.filter(({ id }) => {
    const order = (sent.get(id) ?? []).filter((message) => received.get(id)?.includes(message));
    return order.join() !== [...new Set(received.get(id))].join();
  }).length;
  const total = [...sent.values()].flat().length;
  console.log(
    `Of ${total} messages ${lost} were lost, ${duplicated} arrived twice; out of order: ${disordered}.`,
  );
  return lost + duplicated + disordered === 0 ? 0 : 1;
}
