import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { describe, expect, test } from "vitest";
import { createClient, fromSupabase, type LogEntry } from "../src/index.ts";
import { FakeBackend, json, storageWith } from "./fake-backend.ts";

const url = "http://backend.test";
const key = "sb_publishable_test";
const answers = () =>
  new FakeBackend((_, attempt) =>
    attempt === 1
      ? new TypeError("fetch failed")
      : json({ id: "p1", secret: "data" }, 200, { "x-request-id": "r1" }),
  );

function logging(backend: FakeBackend) {
  const entries: LogEntry[] = [];
  const session = { storage: storageWith({ endsIn: 900 }), storageKey: "session" };
  const logger = (entry: LogEntry) => void entries.push(entry);
  const onswift = createClient({ url, key, fetch: backend.fetch, logger, ...session });
  return { onswift, entries };
}

describe("a logger", () => {
  test("a logger receives every attempt of a call", async () => {
    const { onswift, entries } = logging(answers());
    await onswift.projects.get("the-input").orThrow();
    const request = { method: "POST", url: `${url}/rest/v1/rpc/get_project` };
    expect(entries).toEqual([
      { ...request, status: null, requestId: null, durationMs: expect.any(Number) },
      { ...request, status: 200, requestId: "r1", durationMs: expect.any(Number) },
    ]);
  });

  test("no entry contains a token, the input or the data", async () => {
    const { onswift, entries } = logging(answers());
    await onswift.projects.get("the-input").orThrow();
    const token = (await onswift.auth.getSession().orThrow())?.accessToken ?? "";
    expect(token.length).toBeGreaterThan(20);
    for (const part of [token, key, "the-input", "data"]) {
      expect(JSON.stringify(entries)).not.toContain(part);
    }
  });

  test("requests to the Auth service are logged too", async () => {
    const { onswift, entries } = logging(new FakeBackend(() => json({}, 204)));
    await onswift.auth.signOut().orThrow();
    expect(entries.map(({ url }) => url)).toContainEqual(
      expect.stringContaining("/auth/v1/logout"),
    );
  });

  test("a client of supabase-js logs the requests of the SDK", async () => {
    const backend = new FakeBackend(() => json({ skills: [] }));
    const entries: LogEntry[] = [];
    const supabase = createSupabaseClient(url, key, { global: { fetch: backend.fetch } });
    const logger = (entry: LogEntry) => void entries.push(entry);
    await fromSupabase(supabase, { logger }).users.skills().orThrow();
    expect(entries).toMatchObject([{ url: `${url}/rest/v1/rpc/list_skills`, status: 200 }]);
  });
});
