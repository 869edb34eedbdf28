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

/** Longer than the 25 s between two looks of supabase-js at its token, so that it is renewed in time. */
const tokenSeconds = 40;
let stack: ScratchStack;
let friend: Person;

beforeAll(async () => {
  stack = await breakableStack({ tokenSeconds });
  friend = await personOn(stack, "creator");
}, 120_000);
afterAll(() => stack?.stop());

/** Who hears what the friend says, and what became of their connection. */
async function listener(onswift: OnSwift) {
  const { user } = await onswift.auth.signUp(anAccount("talent")).orThrow();
  const states: RealtimeStatus[] = [];
  const heard: (string | null)[] = [];
  onswift.realtime.onStatus((status) => states.push(status));
  const { ready } = onswift.realtime.on("message:received", ({ message }) =>
    heard.push(message.content),
  );
  await ready.orThrow();
  const { id } = await friend.onswift.conversations.open(user.id).orThrow();
  const say = (content: string) => friend.onswift.messages.send(id, { content }).orThrow();
  return { onswift, states, heard, say };
}

const wait = (seconds: number) => new Promise((wake) => setTimeout(wake, seconds * 1000));

describe("a feed outlives the token it was joined with", {
  timeout: 120_000,
  concurrent: true,
}, () => {
  test("without a break, as the token is renewed", async ({ expect }) => {
    const { onswift, states, heard, say } = await listener(
      createClient(optionsFor(targetOf(stack))),
    );
    await wait(tokenSeconds + 10);
    await say("Still there?");
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual(["Still there?"]);
    expect(states).toEqual(["connecting", "live"]);
    onswift.realtime.close();
  });

  test("by joining again, where nothing renewed it in time", async ({ expect }) => {
    const { url, key, headers = {} } = optionsFor(targetOf(stack));
    const supabase = createSupabaseClient(url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { headers },
      realtime: { heartbeatIntervalMs: 600_000 },
    });
    const { onswift, states, heard, say } = await listener(fromSupabase(supabase));
    await say("Before");
    await expect.poll(() => states, { timeout: 60_000 }).toContain("reconnecting");
    await say("Meanwhile");
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual(["Before", "Meanwhile"]);
    expect(states).toEqual(["connecting", "live", "reconnecting", "live"]);
    onswift.realtime.close();
  });
});
