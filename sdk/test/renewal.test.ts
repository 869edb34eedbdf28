import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient, fromSupabase, type SessionEvent } from "../src/index.ts";
import {
  clientOf,
  FakeBackend,
  json,
  type Reply,
  storageWith,
  storedSession,
} from "./fake-backend.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const isAuth = (path: string) => path.startsWith("/auth/v1/");
const isRenewal = (path: string) => path.includes("grant_type=refresh_token");
const expired = { session: { endsIn: -60 } };
const once = { maxRetries: 0 };

/** A backend whose network can be switched off. */
function backendOf(renewal: () => Reply = () => json(storedSession(900))) {
  const state = { online: true };
  const backend = new FakeBackend(({ path }) => {
    if (!state.online) return new TypeError("fetch failed");
    if (isRenewal(path)) return renewal();
    return isAuth(path) ? json(storedSession(900)) : json({ id: "me" });
  });
  const renewals = () => backend.seen.filter(({ path }) => isRenewal(path));
  return { state, backend, renewals };
}

/** The backend's times are its own; the device is this far ahead. */
function setClock(minutes: number): void {
  const real = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => real() + minutes * 60_000);
}

describe("a device with a wrong clock", () => {
  const minutes = [-1440, -18, 18, 1440];

  for (const ahead of minutes) {
    test(`${ahead} minutes ahead, a session is not renewed before its end`, async () => {
      const session = storedSession(900);
      const backend = new FakeBackend(({ path }) => json(isAuth(path) ? session : { id: "me" }));
      setClock(ahead);
      const onswift = clientOf(backend);
      await onswift.auth.signIn({ email: "a@example.com", password: "x" }).orThrow();
      for (let call = 0; call < 31; call += 1) await onswift.users.me().orThrow();
      expect(backend.seen.filter(({ path }) => isRenewal(path))).toEqual([]);
    });
  }

  test("a clock that jumps ahead causes one renewal", async () => {
    const fixed = storedSession(900);
    const { backend, renewals } = backendOf(() => json(fixed));
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    await onswift.users.me().orThrow();
    setClock(18);
    for (let call = 0; call < 31; call += 1) await onswift.users.me().orThrow();
    expect(renewals()).toHaveLength(1);
  });
});

describe("without a network at the moment of renewal", () => {
  test("a call fails at once, and the next one succeeds when the network is back", async () => {
    const { state, backend, renewals } = backendOf();
    state.online = false;
    const onswift = clientOf(backend, expired);
    for (const _ of [1, 2]) {
      const began = performance.now();
      const { error } = await onswift.users.me(once);
      expect(error).toMatchObject({ code: "NETWORK", retryable: true });
      expect(performance.now() - began).toBeLessThan(5_000);
    }
    expect(renewals().length).toBeGreaterThanOrEqual(2);
    expect(backend.operations).toHaveLength(0);

    state.online = true;
    const before = renewals().length;
    const began = performance.now();
    const calls = [onswift.users.me(once), onswift.projects.list({}, once)];
    expect((await Promise.all(calls)).map(({ error }) => error)).toEqual([null, null]);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(renewals().length - before).toBe(1);
  });

  test("a browser that is online again renews the session without a call", async () => {
    const online = new EventTarget();
    vi.stubGlobal("addEventListener", online.addEventListener.bind(online));
    const { state, backend, renewals } = backendOf();
    state.online = false;
    const onswift = clientOf(backend, expired);
    await onswift.users.me(once);
    const before = renewals().length;
    state.online = true;
    online.dispatchEvent(new Event("online"));
    await expect.poll(() => renewals().length, { timeout: 500 }).toBe(before + 1);
    expect((await onswift.auth.getSession()).data).not.toBeNull();
    vi.unstubAllGlobals();
  });

  test("a call retries the renewal by itself", async () => {
    const { state, backend } = backendOf();
    state.online = false;
    const call = clientOf(backend, expired).users.me();
    await expect.poll(() => backend.seen.length).toBe(1);
    state.online = true;
    expect((await call).error).toBeNull();
  });

  test("an operation for visitors does not wait for the session", async () => {
    const { state, backend } = backendOf();
    state.online = false;
    const onswift = clientOf(backend, expired);
    await onswift.users.me(once);
    const { error } = await onswift.auth.forgotPassword(
      { email: "a@example.com" },
      { timeoutMs: 2_000 },
    );
    expect(error?.code).toBe("NETWORK");
    expect(backend.operations).not.toHaveLength(0);
  });

  test("signing out of this device succeeds at once, and nothing signs in again", async () => {
    const { state, backend } = backendOf();
    state.online = false;
    const onswift = clientOf(backend, expired);
    const events: SessionEvent[] = [];
    onswift.auth.onChange((event) => events.push(event));
    await onswift.users.me(once);
    await onswift.auth.signOut().orThrow();
    state.online = true;
    expect((await onswift.users.me()).error?.code).toBe("NOT_AUTHENTICATED");
    expect(events.filter((event) => event === "signedOut")).toHaveLength(1);
    expect(backend.operations).toHaveLength(0);
  });

  test("signing out everywhere fails, and does not happen later", async () => {
    const { state, backend } = backendOf();
    state.online = false;
    const onswift = clientOf(backend, expired);
    expect((await onswift.auth.signOut({ scope: "global" })).error?.code).toBe("NETWORK");
    state.online = true;
    expect((await onswift.users.me()).error).toBeNull();
    expect(backend.seen.some(({ path }) => path.includes("/logout"))).toBe(false);
  });
});

describe("a backend that cannot renew now", () => {
  const failures = {
    "is restarting": [503, "SERVICE_UNAVAILABLE"],
    fails: [500, "INTERNAL_ERROR"],
    "limits the rate": [429, "RATE_LIMITED"],
    "renews the same session already": [409, "CONFLICT"],
  } as const;
  for (const [what, [status, code]] of Object.entries(failures)) {
    test(`that ${what} does not end the session`, async () => {
      let answer: Reply = json({ msg: "No." }, status);
      const { backend } = backendOf(() => (answer instanceof Response ? answer.clone() : answer));
      const onswift = clientOf(backend, expired);
      expect((await onswift.users.me(once)).error?.code).toBe(code);
      answer = json(storedSession(900));
      expect((await onswift.users.me()).error).toBeNull();
    });
  }

  test("is not asked before the time that it named", async () => {
    const { backend, renewals } = backendOf(() => json({}, 429, { "retry-after": "30" }));
    const onswift = clientOf(backend, expired);
    for (const _ of [1, 2, 3]) {
      const { error } = await onswift.users.me(once);
      expect(error).toMatchObject({ code: "RATE_LIMITED", retryAfter: 30 });
    }
    expect(renewals()).toHaveLength(1);
  });
});

describe("a client of the app", () => {
  test("18 minutes ahead, its session is not renewed before its end", async () => {
    const session = storedSession(900);
    const backend = new FakeBackend(({ path }) => json(isAuth(path) ? session : { id: "me" }));
    setClock(18);
    const supabase = createSupabaseClient("http://backend.test", "sb_publishable_test", {
      global: { fetch: backend.fetch },
      auth: { storageKey: "session", storage: storageWith() },
    });
    const onswift = fromSupabase(supabase);
    await supabase.auth.signInWithPassword({ email: "a@example.com", password: "x" });
    for (let call = 0; call < 31; call += 1) await onswift.users.me().orThrow();
    expect(backend.seen.filter(({ path }) => isRenewal(path))).toEqual([]);
  });

  test("tries again after a failed renewal as soon as it is called", async () => {
    vi.useFakeTimers();
    // supabase-js reports that the stored session could not be renewed.
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { state, backend } = backendOf();
    state.online = false;
    const supabase = createSupabaseClient("http://backend.test", "sb_publishable_test", {
      global: { fetch: backend.fetch },
      auth: {
        storageKey: "session",
        storage: storageWith(expired.session),
        autoRefreshToken: false,
      },
    });
    const onswift = fromSupabase(supabase);
    const failing = onswift.users.me({ maxRetries: 0, timeoutMs: 60_000 });
    await vi.advanceTimersByTimeAsync(40_000);
    expect((await failing).error?.code).toBe("NETWORK");
    state.online = true;
    const next = onswift.users.me(once);
    await vi.advanceTimersByTimeAsync(100);
    expect((await next).error).toBeNull();
  });
});

test("a fetch whose responses are no instances of the global class renews the session, too", async () => {
  const { backend } = backendOf();
  const foreign = async (...request: Parameters<typeof fetch>) => {
    const response = await backend.fetch(...request);
    const text = await response.text();
    const { status, ok, headers } = response;
    return {
      status,
      ok,
      headers,
      text: async () => text,
      json: async () => JSON.parse(text),
    } as Response;
  };
  const storage = storageWith(expired.session);
  const options = { url: "http://backend.test", key: "k", storageKey: "session", storage };
  expect((await createClient({ ...options, fetch: foreign }).users.me()).error).toBeNull();
});

test("a client without a session sends no request when it is created", async () => {
  const { backend } = backendOf();
  createClient({ url: "http://backend.test", key: "k", fetch: backend.fetch });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(backend.seen).toEqual([]);
});
