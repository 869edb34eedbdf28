import { describe, expect, test } from "vitest";
import { clientOf, FakeBackend, json } from "./fake-backend.ts";

const signedIn = { session: { endsIn: 900 } };
const down = () => json({ code: "PGRST002", message: "No connection." }, 503);
const project = { name: "A", description: "B", dueDate: "2030-01-01" };

describe("a read", () => {
  test("a read is retried when the backend is down", async () => {
    const backend = new FakeBackend((_, attempt) => (attempt < 3 ? down() : json({ id: "me" })));
    const { data } = await clientOf(backend, signedIn).users.me();
    expect(data).toEqual({ id: "me" });
    expect(backend.operations).toHaveLength(3);
  });

  test("a read is retried when the network fails and ends with NETWORK", async () => {
    const backend = new FakeBackend(() => new TypeError("fetch failed"));
    const { error } = await clientOf(backend, signedIn).users.me();
    expect(error).toMatchObject({ code: "NETWORK", status: null, retryable: true });
    expect(error?.cause).toBeInstanceOf(TypeError);
    expect(backend.operations).toHaveLength(3);
  });

  test("a read is not retried after a final error", async () => {
    const refusal = { code: "PT403", hint: "FORBIDDEN", message: "No.", details: null };
    const backend = new FakeBackend(() => json(refusal, 403));
    const { error } = await clientOf(backend, signedIn).projects.get("p1");
    expect(error?.retryable).toBe(false);
    expect(backend.operations).toHaveLength(1);
  });

  test("maxRetries of the call or the client is respected", async () => {
    const backend = new FakeBackend(down);
    await clientOf(backend, signedIn).users.me({ maxRetries: 0 });
    expect(backend.operations).toHaveLength(1);
  });
});

describe("a write", () => {
  test("a create is retried with one key of its own, so that it creates once", async () => {
    const backend = new FakeBackend((_, attempt) => (attempt < 2 ? down() : json({ id: "p1" })));
    const { projects, tasks, team, reviews, files } = clientOf(backend, signedIn);
    const keys = () => backend.operations.map(({ headers }) => headers.get("idempotency-key"));
    expect((await projects.create(project)).data).toEqual({ id: "p1" });
    const [first, second] = keys();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);

    const task = { name: "A", assigneeId: "t1", dueDate: "2030-01-01" };
    const upload = { uploadType: "avatar", fileName: "a", fileSize: 1, mimeType: "image/png" };
    await projects.create(project);
    await tasks.create("p1", task);
    await team.add("p1", { userId: "t1" });
    await reviews.create({ talentId: "t1", projectId: "p1", rating: 5, text: "Good." });
    await files.createUpload(upload as never);
    expect(new Set(keys()).size).toBe(6);
  });

  test("a create that is rate-limited is not retried", async () => {
    const refusal = { code: "PT429", hint: "RATE_LIMITED", message: "Too many.", details: null };
    const backend = new FakeBackend(() => json(refusal, 429, { "retry-after": "1" }));
    const { error } = await clientOf(backend, signedIn).projects.create(project);
    expect(error?.code).toBe("RATE_LIMITED");
    expect(backend.operations).toHaveLength(1);
  });

  test("a change without an idempotency key is sent once", async () => {
    const backend = new FakeBackend(down);
    const { error } = await clientOf(backend, signedIn).projects.update("p1", { name: "B" });
    expect(error).toMatchObject({ code: "SERVICE_UNAVAILABLE", status: 503, retryable: true });
    expect(backend.operations).toHaveLength(1);
    expect(backend.operations[0]?.headers.has("idempotency-key")).toBe(false);
  });

  test("an idempotency key that no header can hold is refused before any request", async () => {
    const backend = new FakeBackend(() => json({ id: "p1" }));
    const { projects, samples } = clientOf(backend, signedIn);
    const file = { name: "a.png", data: new Uint8Array(9) };
    for (const idempotencyKey of ["Łódź", "é", "a\r\nx: y", "😀"]) {
      for (const call of [
        projects.create({ name: "A", description: "B", dueDate: "2030-01-01" }, { idempotencyKey }),
        projects.delete("p1", { idempotencyKey }),
        samples.add("p1", { type: "file", name: "A", file }, { idempotencyKey }),
      ]) {
        const { error } = await call;
        expect(error?.details, idempotencyKey).toEqual([
          expect.objectContaining({ field: "Idempotency-Key" }),
        ]);
      }
    }
    expect(backend.seen).toHaveLength(0);
  });

  test("a write with an idempotency key is retried with the same key", async () => {
    const backend = new FakeBackend((_, attempt) => (attempt < 2 ? down() : json({ id: "p1" })));
    const options = { idempotencyKey: "create-1" };
    const { data } = await clientOf(backend, signedIn).projects.create(project, options);
    expect(data).toEqual({ id: "p1" });
    const keys = backend.operations.map(({ headers }) => headers.get("idempotency-key"));
    expect(keys).toEqual(["create-1", "create-1"]);
  });
});

describe("Retry-After", () => {
  const limited = (headers: Record<string, string>, details: string | null = null) =>
    json({ code: "PT429", hint: "RATE_LIMITED", message: "Slow down.", details }, 429, headers);

  test("a retry waits as long as Retry-After says", async () => {
    const backend = new FakeBackend((_, attempt) =>
      attempt === 1 ? limited({ "retry-after": "1" }) : json({ id: "me" }),
    );
    const began = performance.now();
    expect((await clientOf(backend, signedIn).users.me()).error).toBeNull();
    expect(performance.now() - began).toBeGreaterThanOrEqual(995);
  });

  test("a Retry-After beyond the deadline returns the error at once", async () => {
    const backend = new FakeBackend(() => limited({}, '{"retryAfter": 840}'));
    const began = performance.now();
    const { error } = await clientOf(backend, signedIn).users.me();
    expect(error).toMatchObject({ code: "RATE_LIMITED", status: 429, retryAfter: 840 });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(backend.operations).toHaveLength(1);
  });

  test("Retry-After can be a date", async () => {
    const at = new Date(Date.now() + 90_000).toUTCString();
    const backend = new FakeBackend(() => limited({ "retry-after": at }));
    const { error } = await clientOf(backend, signedIn).users.me();
    expect(error?.retryAfter).toBeGreaterThan(80);
    expect(error?.retryAfter).toBeLessThanOrEqual(90);
  });
});
