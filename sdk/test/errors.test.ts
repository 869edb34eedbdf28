import { describe, expect, test } from "vitest";
import { isOnSwiftError, OnSwiftError } from "../src/index.ts";
import { clientOf, FakeBackend, json } from "./fake-backend.ts";

const signedIn = { session: { endsIn: 900 } };

describe("an error as JSON", () => {
  const error = new OnSwiftError({
    code: "VALIDATION_ERROR",
    message: "Validation failed",
    status: 400,
    details: [{ field: "name", message: "Name is required." }],
    requestId: "r1",
    cause: { secret: true },
  });
  const crossed: unknown = JSON.parse(JSON.stringify({ data: null, error })).error;

  test("has everything that an app decides by, and not its cause", () => {
    expect(crossed).toEqual({
      name: "OnSwiftError",
      code: "VALIDATION_ERROR",
      message: "Validation failed",
      status: 400,
      details: [{ field: "name", message: "Name is required." }],
      retryable: false,
      retryAfter: null,
      requestId: "r1",
    });
  });

  test("is recognised again, also after structuredClone", () => {
    for (const received of [crossed, structuredClone(error.toJSON())]) {
      expect(isOnSwiftError(received)).toBe(true);
      expect(received instanceof OnSwiftError).toBe(true);
    }
  });

  test("other objects are not taken for one", () => {
    const others = [null, "OnSwiftError", new Error("x"), { code: "X" }, { name: "OnSwiftError" }];
    for (const other of others) expect(isOnSwiftError(other)).toBe(false);
  });
});

test("a success that is not JSON is not the backend's, and no data", async () => {
  const page = () => new Response("<html>Sign in to this network</html>", { status: 200 });
  const onswift = clientOf(new FakeBackend(page), signedIn);
  const once = { maxRetries: 0 };
  const calls = [
    onswift.projects.get("p1", once),
    onswift.files.downloadUrl("f1", once),
    onswift.users.export(once),
  ];
  for (const call of calls) {
    const { data, error } = await call;
    expect(data).toBeNull();
    expect(error).toMatchObject({ code: "NETWORK", retryable: true });
    expect(error?.cause).toBeInstanceOf(SyntaxError);
  }
});

test("an export ends although an answer does not name its end", async () => {
  const backend = new FakeBackend(() => json({}));
  expect(await clientOf(backend, signedIn).users.export()).toEqual({ data: {}, error: null });
});

describe("the request id of an error", () => {
  const refusal = { code: "PT404", hint: "NOT_FOUND", message: "No.", details: null };
  for (const header of ["x-request-id", "sb-request-id"]) {
    test(`is that of the header ${header}`, async () => {
      const backend = new FakeBackend(() => json(refusal, 404, { [header]: "r1" }));
      const { error } = await clientOf(backend, signedIn).projects.get("p1");
      expect(error?.requestId).toBe("r1");
    });
  }

  test("is also given for errors of the REST API and of Storage, and null without a response", async () => {
    const headers = { "x-request-id": "r2" };
    const api = new FakeBackend(() => json({ error: { code: "NOT_FOUND" } }, 404, headers));
    expect((await clientOf(api, signedIn).files.downloadUrl("f1")).error?.requestId).toBe("r2");
    const storage = new FakeBackend(({ path }) =>
      path.startsWith("/storage/")
        ? json({ message: "No." }, 404, headers)
        : json({ bucket: "b", path: "p" }),
    );
    expect((await clientOf(storage, signedIn).files.download("f1")).error?.requestId).toBe("r2");
    const offline = clientOf(new FakeBackend(() => new TypeError("fetch failed")), signedIn);
    expect((await offline.users.me({ maxRetries: 0 })).error?.requestId).toBeNull();
  });
});

describe("auth.verify", () => {
  const me = { id: "u1", email: "a@example.com", name: "Ada", userType: "talent", bio: "x" };

  test("returns the user that the backend confirms", async () => {
    const backend = new FakeBackend(() => json(me));
    expect(await clientOf(backend, signedIn).auth.verify().orThrow()).toEqual({
      id: "u1",
      email: "a@example.com",
      name: "Ada",
      userType: "talent",
    });
    expect(backend.operations.map(({ path }) => path)).toEqual(["/rest/v1/rpc/get_me"]);
  });

  test("refuses a session that getSession returns although it is forged", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/")
        ? json({ error_code: "refresh_token_not_found", msg: "No." }, 400)
        : json({ code: "PGRST301", message: "JWSInvalidSignature" }, 401),
    );
    const onswift = clientOf(backend, signedIn);
    expect((await onswift.auth.getSession()).data).not.toBeNull();
    expect((await onswift.auth.verify()).error).toMatchObject({
      code: "SESSION_EXPIRED",
      status: 401,
    });
    expect((await clientOf(backend).auth.verify()).error?.code).toBe("NOT_AUTHENTICATED");
  });
});
