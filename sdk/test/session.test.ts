import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { describe, expect, test } from "vitest";
import { fromSupabase, type SessionEvent } from "../src/index.ts";
import {
  clientOf,
  FakeBackend,
  json,
  storageWith,
  storedSession,
  token,
  userId,
} from "./fake-backend.ts";

const refused = () =>
  json({ code: "refresh_token_not_found", message: "Invalid Refresh Token" }, 400, {
    "x-supabase-api-version": "2024-01-01",
  });
const expired = { session: { endsIn: -60 } };
const isRenewal = (path: string) => path.startsWith("/auth/v1/token?grant_type=refresh_token");

describe("a user whose session cannot be renewed", () => {
  const backendThatRefuses = () =>
    new FakeBackend(({ path }) => (isRenewal(path) ? refused() : json({ skills: [] })));

  test("every call returns SESSION_EXPIRED and sends no request", async () => {
    const backend = backendThatRefuses();
    const onswift = clientOf(backend, expired);
    for (const _ of [1, 2]) {
      const { error } = await onswift.projects.list();
      expect(error).toMatchObject({ code: "SESSION_EXPIRED", status: 401, retryable: false });
    }
    expect(backend.operations).toHaveLength(0);
  });

  test("an operation for anonymous callers does not fall back to the publishable key", async () => {
    const backend = backendThatRefuses();
    const { error } = await clientOf(backend, expired).users.skills();
    expect(error?.code).toBe("SESSION_EXPIRED");
    expect(backend.operations).toHaveLength(0);
  });

  test("every one of many parallel calls returns SESSION_EXPIRED", async () => {
    const backend = backendThatRefuses();
    const onswift = clientOf(backend, expired);
    const calls = [onswift.users.me(), onswift.projects.list(), onswift.tasks.list()];
    const codes = (await Promise.all(calls)).map(({ error }) => error?.code);
    expect(codes).toEqual(["SESSION_EXPIRED", "SESSION_EXPIRED", "SESSION_EXPIRED"]);
    expect(backend.operations).toHaveLength(0);
  });

  test("after signOut, calls return NOT_AUTHENTICATED", async () => {
    const onswift = clientOf(backendThatRefuses(), expired);
    expect((await onswift.users.me()).error?.code).toBe("SESSION_EXPIRED");
    await onswift.auth.signOut().orThrow();
    expect((await onswift.users.me()).error?.code).toBe("NOT_AUTHENTICATED");
  });

  test("fromSupabase reports SESSION_EXPIRED as well", async () => {
    const backend = backendThatRefuses();
    const supabase = createSupabaseClient("http://backend.test", "sb_publishable_test", {
      global: { fetch: backend.fetch },
      auth: { storageKey: "session", storage: storageWith(expired.session) },
    });
    const { error } = await fromSupabase(supabase).projects.list();
    expect(error?.code).toBe("SESSION_EXPIRED");
    expect(backend.operations).toHaveLength(0);
  });
});

describe("without a signed-in user", () => {
  test("a call returns NOT_AUTHENTICATED and sends no request", async () => {
    const backend = new FakeBackend(() => json({}));
    const { error } = await clientOf(backend).projects.list();
    expect(error).toMatchObject({ code: "NOT_AUTHENTICATED", status: 401 });
    expect(backend.seen).toHaveLength(0);
  });

  test("an operation for anonymous callers works", async () => {
    const backend = new FakeBackend(() => json({ skills: [{ id: "1", name: "Figma" }] }));
    const { data } = await clientOf(backend).users.skills();
    expect(data?.skills[0]?.name).toBe("Figma");
  });

  test("getSession returns null", async () => {
    const onswift = clientOf(new FakeBackend(() => json({})));
    expect(await onswift.auth.getSession()).toEqual({ data: null, error: null });
  });
});

describe("a session", () => {
  test("an expired token is renewed before the request", async () => {
    const backend = new FakeBackend(({ path }) =>
      isRenewal(path) ? json(storedSession(900)) : json({ id: "me" }),
    );
    expect((await clientOf(backend, expired).users.me()).error).toBeNull();
    expect(backend.seen.map(({ path }) => path)).toEqual([
      "/auth/v1/token?grant_type=refresh_token",
      "/rest/v1/rpc/get_me",
    ]);
  });

  const ended = () => json({ code: "PGRST301", message: "JWT expired" }, 401);

  test("a token that the backend rejects is renewed, also for writes", async () => {
    const backend = new FakeBackend(({ path }, attempt) => {
      if (isRenewal(path)) return json(storedSession(900));
      return attempt === 1 ? ended() : json(null, 204);
    });
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    expect((await onswift.projects.delete("p1")).error).toBeNull();
    expect(backend.operations).toHaveLength(2);
  });

  test("a rejected token that cannot be renewed returns SESSION_EXPIRED", async () => {
    const backend = new FakeBackend(({ path }) => (isRenewal(path) ? refused() : ended()));
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    expect((await onswift.users.me()).error?.code).toBe("SESSION_EXPIRED");
    expect(backend.operations).toHaveLength(1);
  });

  test("the token of an Authorization header is not renewed", async () => {
    const backend = new FakeBackend(ended);
    const onswift = clientOf(backend, { headers: { Authorization: `Bearer ${token()}` } });
    expect((await onswift.users.me()).error).toMatchObject({
      code: "NOT_AUTHENTICATED",
      status: 401,
    });
    expect(backend.seen).toHaveLength(1);
  });

  test("getSession returns the user from the token's claims", async () => {
    const onswift = clientOf(new FakeBackend(() => json({})), { session: { endsIn: 900 } });
    const session = await onswift.auth.getSession().orThrow();
    expect(session?.user).toEqual({ id: userId, email: "zoë@example.com", userType: "creator" });
    expect(session?.refreshToken).toBe("refresh-1");
    expect(Date.parse(session?.expiresAt ?? "")).toBeGreaterThan(Date.now() + 800_000);
  });

  test("onChange reports changes until it is unsubscribed", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/v1/token") ? json(storedSession()) : json({ id: userId }),
    );
    const onswift = clientOf(backend);
    const events: [SessionEvent, boolean][] = [];
    const stop = onswift.auth.onChange((event, session) => events.push([event, session !== null]));
    await expect.poll(() => events.length).toBe(1);
    await onswift.auth.signIn({ email: "a@example.com", password: "x" }).orThrow();
    await onswift.auth.signOut().orThrow();
    stop();
    await onswift.auth.signIn({ email: "a@example.com", password: "x" }).orThrow();
    expect(events).toEqual([
      ["restored", false],
      ["signedIn", true],
      ["signedOut", false],
    ]);
  });

  test("signOut ends only this session by default", async () => {
    const backend = new FakeBackend(() => json(null, 204));
    await clientOf(backend, { session: { endsIn: 900 } })
      .auth.signOut()
      .orThrow();
    await clientOf(backend, { session: { endsIn: 900 } })
      .auth.signOut({ scope: "global" })
      .orThrow();
    expect(backend.seen.map(({ path }) => path)).toEqual([
      "/auth/v1/logout?scope=local",
      "/auth/v1/logout?scope=global",
    ]);
  });
});
