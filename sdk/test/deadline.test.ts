import { describe, expect, test } from "vitest";
import { createClient } from "../src/index.ts";
import { clientOf, FakeBackend, json } from "./fake-backend.ts";

const signedIn = { session: { endsIn: 900 } };
const silent = () => new FakeBackend(() => "never");

describe("timeoutMs", () => {
  test("a request without a response ends with TIMEOUT", async () => {
    const { error } = await clientOf(silent(), signedIn).users.me({ timeoutMs: 40 });
    expect(error).toMatchObject({ code: "TIMEOUT", status: null, retryable: true });
  });

  test("the deadline ends the call even if fetch ignores the signal", async () => {
    const deaf = new FakeBackend(() => json({}));
    Object.assign(deaf, { fetch: () => new Promise(() => undefined) });
    const { error } = await clientOf(deaf, signedIn).users.me({ timeoutMs: 40 });
    expect(error?.code).toBe("TIMEOUT");
  });

  test("the deadline includes the renewal of the session", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/") ? "never" : json({ skills: [] }),
    );
    const began = performance.now();
    const onswift = clientOf(backend, { session: { endsIn: -60 } });
    const { error } = await onswift.users.me({ timeoutMs: 60 });
    expect(error?.code).toBe("TIMEOUT");
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(backend.operations).toHaveLength(0);
  });

  test("a renewal that fails with 503 repeatedly is reported before the deadline", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/") ? json({ message: "down" }, 503) : json({}),
    );
    const onswift = clientOf(backend, { session: { endsIn: -60 } });
    const began = performance.now();
    const { error } = await onswift.projects.list({}, { timeoutMs: 3_000 });
    expect(error).toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(backend.operations).toHaveLength(0);
  });

  test("the deadline includes the retries", async () => {
    const backend = new FakeBackend(() => json({ message: "down" }, 503));
    const began = performance.now();
    const options = { timeoutMs: 400, maxRetries: 50 };
    const { error } = await clientOf(backend, signedIn).users.me(options);
    expect(["SERVICE_UNAVAILABLE", "TIMEOUT"]).toContain(error?.code);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("a call without timeoutMs uses the client's", async () => {
    const fetch = silent().fetch;
    const onswift = createClient({ url: "http://a.test", key: "k", fetch, timeoutMs: 30 });
    expect((await onswift.users.skills()).error?.code).toBe("TIMEOUT");
  });
});

describe("signal", () => {
  test("an already aborted signal sends no request", async () => {
    const backend = silent();
    const signal = AbortSignal.abort("changed my mind");
    const { error } = await clientOf(backend, signedIn).users.me({ signal });
    expect(error).toMatchObject({ code: "ABORTED", cause: "changed my mind", retryable: false });
    expect(backend.seen).toHaveLength(0);
  });

  test("aborting the signal ends the running request", async () => {
    const backend = silent();
    const controller = new AbortController();
    const call = clientOf(backend, signedIn).users.me({ signal: controller.signal });
    await expect.poll(() => backend.operations.length).toBe(1);
    controller.abort();
    expect((await call).error?.code).toBe("ABORTED");
  });

  test("aborting the signal ends the wait before a retry", async () => {
    const backend = new FakeBackend(() => json({}, 503, { "retry-after": "20" }));
    const controller = new AbortController();
    const call = clientOf(backend, signedIn).users.me({ signal: controller.signal });
    await expect.poll(() => backend.operations.length).toBe(1);
    controller.abort();
    expect((await call).error?.code).toBe("ABORTED");
    expect(backend.operations).toHaveLength(1);
  });

  test("a signal that times out counts as ABORTED", async () => {
    const call = clientOf(silent(), signedIn).users.me({ signal: AbortSignal.timeout(20) });
    expect((await call).error?.code).toBe("ABORTED");
  });

  test("the listener on the signal is removed after the call", async () => {
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
