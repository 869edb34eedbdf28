import { describe, expect, test } from "vitest";
import { createClient } from "../src/index.ts";
import { clientOf, FakeBackend, json } from "./fake-backend.ts";

const signedIn = { session: { endsIn: 900 } };
const silent = () => new FakeBackend(() => "never");

describe("the deadline", () => {
  test("ends a request that is not answered", async () => {
    const { error } = await clientOf(silent(), signedIn).users.me({ timeoutMs: 40 });
    expect(error).toMatchObject({ code: "TIMEOUT", status: null, retryable: true });
  });

  test("holds when fetch ignores the signal", async () => {
    const deaf = new FakeBackend(() => json({}));
    Object.assign(deaf, { fetch: () => new Promise(() => undefined) });
    const { error } = await clientOf(deaf, signedIn).users.me({ timeoutMs: 40 });
    expect(error?.code).toBe("TIMEOUT");
  });

  test("covers the renewal of the session", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/") ? "never" : json({ skills: [] }),
    );
    const began = performance.now();
    const onswift = clientOf(backend, { session: { endsIn: -60 } });
    const { error } = await onswift.users.me({ timeoutMs: 60 });
    expect(error?.code).toBe("TIMEOUT");
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(backend.operations).toHaveLength(0);
  });

  test("covers a renewal that the Auth service answers with 503 again and again", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/") ? json({ message: "down" }, 503) : json({}),
    );
    const onswift = clientOf(backend, { session: { endsIn: -60 } });
    const { error } = await onswift.projects.list({}, { timeoutMs: 300 });
    expect(error?.code).toBe("TIMEOUT");
    expect(backend.operations).toHaveLength(0);
  });

  test("covers the retries", async () => {
    const backend = new FakeBackend(() => json({ message: "down" }, 503));
    const began = performance.now();
    const options = { timeoutMs: 400, maxRetries: 50 };
    const { error } = await clientOf(backend, signedIn).users.me(options);
    expect(["SERVICE_UNAVAILABLE", "TIMEOUT"]).toContain(error?.code);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test("is the client's own where a call names none", async () => {
    const fetch = silent().fetch;
    const onswift = createClient({ url: "http://a.test", key: "k", fetch, timeoutMs: 30 });
    expect((await onswift.users.skills()).error?.code).toBe("TIMEOUT");
  });
});

describe("a signal", () => {
  test("that is aborted already lets nothing out", async () => {
    const backend = silent();
    const signal = AbortSignal.abort("changed my mind");
    const { error } = await clientOf(backend, signedIn).users.me({ signal });
    expect(error).toMatchObject({ code: "ABORTED", cause: "changed my mind", retryable: false });
    expect(backend.seen).toHaveLength(0);
  });

  test("ends the request under way", async () => {
    const backend = silent();
    const controller = new AbortController();
    const call = clientOf(backend, signedIn).users.me({ signal: controller.signal });
    await expect.poll(() => backend.operations.length).toBe(1);
    controller.abort();
    expect((await call).error?.code).toBe("ABORTED");
  });

  test("ends the wait before a retry", async () => {
    const backend = new FakeBackend(() => json({}, 503, { "retry-after": "20" }));
    const controller = new AbortController();
    const call = clientOf(backend, signedIn).users.me({ signal: controller.signal });
    await expect.poll(() => backend.operations.length).toBe(1);
    controller.abort();
    expect((await call).error?.code).toBe("ABORTED");
    expect(backend.operations).toHaveLength(1);
  });

  test("with a timeout of its own is the caller's abort", async () => {
    const call = clientOf(silent(), signedIn).users.me({ signal: AbortSignal.timeout(20) });
    expect((await call).error?.code).toBe("ABORTED");
  });

  test("is listened to no longer than the call takes", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const added: string[] = [];
    const removed: string[] = [];
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      added.push(args[0]);
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      removed.push(args[0]);
      removeEventListener.apply(signal, args);
    };
    const backend = new FakeBackend(() => json({}));
    await clientOf(backend, signedIn).users.me({ signal });
    expect(added).toEqual(["abort"]);
    expect(removed).toEqual(["abort"]);
  });
});
