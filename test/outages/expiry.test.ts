import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { ScratchStack } from "../../scripts/scratch-stack.ts";
import {
  createClient,
  fromSupabase,
  type OnSwift,
  type RealtimeStatus,
} from "../../sdk/src/index.ts";
import { anAccount } from "../world/people.ts";
import { optionsFor } from "../world/through-sdk.ts";
import { type Person, personOn, targetOf } from "./people.ts";
import { breakableStack } from "./stack.ts";

/** Longer than the 25 s after which supabase-js checks its token again, so that it is renewed in time. */
const tokenSeconds = 40;
let stack: ScratchStack;
let friend: Person;

beforeAll(async () => {
  stack = await breakableStack({ tokenSeconds });
  friend = await personOn(stack, "creator");
}, 120_000);
afterAll(() => stack?.stop());

/** A user who receives the messages of the friend, with the states of their connection. */
async function listener(onswift: OnSwift) {
  const { user } = await onswift.auth.signUp(anAccount("talent")).orThrow();
  const states: RealtimeStatus[] = [];
  const received: (string | null)[] = [];
  onswift.realtime.onStatus((status) => states.push(status));
  const { ready } = onswift.realtime.on("message:received", ({ message }) =>
    received.push(message.content),
  );
  await ready.orThrow();
  const { id } = await friend.onswift.conversations.open(user.id).orThrow();
  const send = (content: string) => friend.onswift.messages.send(id, { content }).orThrow();
  return { onswift, states, received, send };
}

const wait = (seconds: number) => new Promise((wake) => setTimeout(wake, seconds * 1000));

describe("an event channel outlives the token it was joined with", {
  timeout: 120_000,
  concurrent: true,
}, () => {
  test("without an interruption, because the token is renewed", async ({ expect }) => {
    const { onswift, states, received, send } = await listener(
      createClient(optionsFor(targetOf(stack))),
    );
    await wait(tokenSeconds + 10);
    await send("Still there?");
    await expect.poll(() => received, { timeout: 5_000 }).toEqual(["Still there?"]);
    expect(states).toEqual(["connecting", "live"]);
    onswift.realtime.close();
  });

  test("by joining again when the token was not renewed in time", async ({ expect }) => {
    const { url, key, headers = {} } = optionsFor(targetOf(stack));
    const supabase = createSupabaseClient(url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { headers },
      realtime: { heartbeatIntervalMs: 600_000 },
    });
    const { onswift, states, received, send } = await listener(fromSupabase(supabase));
    await send("Before");
    await expect.poll(() => states, { timeout: 60_000 }).toContain("reconnecting");
    await send("Meanwhile");
    await expect.poll(() => received, { timeout: 15_000 }).toEqual(["Before", "Meanwhile"]);
    expect(states).toEqual(["connecting", "live", "reconnecting", "live"]);
    onswift.realtime.close();
  });
});
