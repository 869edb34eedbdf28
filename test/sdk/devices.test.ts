import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../../sdk/src/index.ts";
import { anAccount, someAddress } from "../world/people.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { root } from "./packed.ts";
import { person } from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A client of one device, with its storage and the number of its renewals. */
function device() {
  const stored = new Map<string, string>();
  let renewals = 0;
  const onswift = createClient({
    url: apiUrl,
    key: publishableKey,
    headers: { "X-Forwarded-For": someAddress() },
    storageKey: "session",
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    fetch: (input, init) => {
      if (String(input).includes("grant_type=refresh_token")) renewals += 1;
      return fetch(input, init);
    },
  });
  return { onswift, stored, renewals: () => renewals };
}

describe("a device whose clock is wrong", () => {
  for (const minutes of [18, -18, 60 * 24 * 365]) {
    test(`by ${minutes} minutes keeps its session and renews it only when asked`, async () => {
      const real = Date.now.bind(Date);
      vi.spyOn(Date, "now").mockImplementation(() => real() + minutes * 60_000);
      const { onswift, renewals } = device();
      await onswift.auth.signUp(anAccount("talent")).orThrow();
      for (let call = 0; call < 31; call += 1) await onswift.users.me().orThrow();
      expect(renewals()).toBe(0);
      await onswift.auth.refresh().orThrow();
      await onswift.users.me().orThrow();
      expect(renewals()).toBe(1);
    });
  }
});

test("a phone without TextDecoder receives events and typing", async () => {
  vi.stubGlobal("TextDecoder", undefined);
  vi.stubGlobal("TextEncoder", undefined);
  const [creator, talent] = await Promise.all([person("creator"), person("talent")]);
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  const received: unknown[] = [];
  const { realtime } = talent.onswift;
  const room = realtime.conversation(id);
  const listening = [
    realtime.on("message:received", ({ message }) => received.push(message.content)),
    room.onTyping(({ isTyping }) => received.push(isTyping)),
  ];
  for (const { ready } of listening) expect((await ready).error).toBeNull();

  const theirs = creator.onswift.realtime.conversation(id);
  expect((await theirs.onMembers(() => 0).ready).error).toBeNull();
  theirs.typing();
  await expect.poll(() => received).toEqual([true]);
  await creator.onswift.messages.send(id, { content: "Grüße 🎬" }).orThrow();
  await expect.poll(() => received).toContain("Grüße 🎬");
  for (const { onswift } of [creator, talent]) onswift.realtime.close();
});

test("a forged session passes getSession and not verify", async () => {
  const { email, id } = await person("creator", "Cleo");
  const { onswift, stored } = device();
  await onswift.auth.signUp(anAccount("talent", "Tam")).orThrow();
  expect(await onswift.auth.verify().orThrow()).toMatchObject({ name: "Tam", userType: "talent" });

  const session = JSON.parse(stored.get("session") ?? "");
  const [head, body = "", signature] = session.access_token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: id, email })).toString("base64url");
  const cookie = { ...session, access_token: `${head}.${forged}.${signature}`, refresh_token: "x" };
  stored.set("session", JSON.stringify(cookie));
  expect((await onswift.auth.getSession().orThrow())?.user.id).toBe(id);
  expect((await onswift.auth.verify()).error?.status).toBe(401);
});

test("an error names the request in the backend's log", async () => {
  const { onswift } = await person("talent");
  const { error } = await onswift.projects.get("11111111-1111-4111-8111-111111111111");
  expect(error?.code).toBe("NOT_FOUND");
  expect(error?.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("a Node program ends at once after realtime.close(), and prints no warning", async () => {
  const program = `
    import { createClient } from ${JSON.stringify(pathToFileURL(`${root}/sdk/src/index.ts`).href)};
    const { API_URL, PUBLISHABLE_KEY, ACCOUNT, ADDRESS } = process.env;
    const headers = { "X-Forwarded-For": ADDRESS };
    const onswift = createClient({ url: API_URL, key: PUBLISHABLE_KEY, headers });
    await onswift.auth.signUp(JSON.parse(ACCOUNT)).orThrow();
    const { ready } = onswift.realtime.on("notification:new", () => undefined);
    console.log((await ready).error?.code ?? "live");
    onswift.realtime.close();
    const closed = performance.now();
    process.on("exit", () => console.log(performance.now() - closed < 8_000 ? "ended" : "late"));
  `;
  const env = {
    ...process.env,
    API_URL: apiUrl,
    PUBLISHABLE_KEY: publishableKey,
    ACCOUNT: JSON.stringify(anAccount("talent")),
    ADDRESS: someAddress(),
  };
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { env });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (part: Buffer) => {
      printed[name] += part;
    });
  }
  await once(child, "close");
  expect(printed).toEqual({ stdout: "live\nended\n", stderr: "" });
});
