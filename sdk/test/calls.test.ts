import { describe, expect, expectTypeOf, test } from "vitest";
import {
  isOnSwiftError,
  OnSwiftError,
  type OnSwiftErrorCode,
  type Project,
  type Result,
} from "../src/index.ts";
import { clientOf, FakeBackend, json, pageAt, token, userId } from "./fake-backend.ts";

const signedIn = { session: { endsIn: 900 } };

describe("a call", () => {
  test("a call sends one POST to the operation's function, with the user's token and the project's key", async () => {
    const backend = new FakeBackend(() => json({ id: "p1" }));
    const onswift = clientOf(backend, signedIn);
    const { data, error } = await onswift.projects.get("p1");
    expect({ data, error }).toEqual({ data: { id: "p1" }, error: null });
    expect(backend.seen).toHaveLength(1);
    const [request] = backend.seen;
    expect(request?.method).toBe("POST");
    expect(request?.path).toBe("/rest/v1/rpc/get_project");
    expect(request?.body).toEqual({ projectId: "p1" });
    expect(request?.headers.get("authorization")).toMatch(/^Bearer ey/);
    expect(request?.headers.get("apikey")).toBe("sb_publishable_test");
    expect(request?.headers.get("content-profile")).toBe("api");
    expect(request?.headers.get("x-client-info")).toMatch(/^onswift-sdk\/\d+\.\d+\.\d+$/);
  });

  test("texts are sent without NUL and unpaired surrogates, as the REST API stores them", async () => {
    const backend = new FakeBackend(() => json({ id: "p1" }));
    const onswift = clientOf(backend, signedIn);
    await onswift.projects.create({
      name: "a\0b\ud800c\udc00d 😀",
      description: "\udfff",
      dueDate: "2099-01-01",
    });
    await onswift.messages.send("c1", { content: "\0👨‍👩‍👧\ud83d" });
    expect(backend.operations.map(({ body }) => body)).toMatchObject([
      { name: "abcd 😀", description: "" },
      { content: "👨‍👩‍👧" },
    ]);
  });

  test("numbers that JSON does not have reach the backend as texts, not as null", async () => {
    const backend = new FakeBackend(() => json({ users: [], nextCursor: null }));
    const onswift = clientOf(backend, signedIn);
    await onswift.users.update({ hourlyRate: Number.NaN });
    await onswift.users.search({ minRate: Number.POSITIVE_INFINITY, minRating: 4.5 });
    expect(backend.operations.map(({ body }) => body)).toEqual([
      { patch: { hourlyRate: "NaN" } },
      { minRate: "Infinity", minRating: 4.5 },
    ]);
  });

  test("an input that JavaScript left out is an empty one", async () => {
    const backend = new FakeBackend(() => json({}));
    const onswift = clientOf(backend, signedIn);
    await onswift.projects.create(undefined as never);
    await onswift.messages.list("c1", null as never);
    expect(backend.operations.map(({ body }) => body)).toEqual([{}, { conversationId: "c1" }]);
  });

  test("a call starts at once, even if it is not awaited", async () => {
    const backend = new FakeBackend(() => json(null, 204));
    const call = clientOf(backend, signedIn).projects.delete("p1");
    await expect.poll(() => backend.operations.length).toBe(1);
    expect(await call).toEqual({ data: null, error: null });
  });

  test("a call never rejects, but orThrow does", async () => {
    const refusal = {
      code: "PT404",
      hint: "NOT_FOUND",
      message: "No such project.",
      details: null,
    };
    const backend = new FakeBackend(() => json(refusal, 404));
    const onswift = clientOf(backend, signedIn);
    const { data, error } = await onswift.projects.get("p1");
    expect(data).toBeNull();
    expect(error).toMatchObject({ code: "NOT_FOUND", status: 404, message: "No such project." });
    await expect(onswift.projects.get("p1").orThrow()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a call does not reject for an unexpected failure", async () => {
    const onswift = clientOf(new FakeBackend(() => json({})), signedIn);
    const cyclic: Record<string, unknown> = {};
    cyclic.name = cyclic;
    const { error } = await onswift.projects.update("p1", cyclic as never);
    expect(isOnSwiftError(error)).toBe(true);
    expect((await onswift.files.discard("f1" as never)).error?.code).toBe("INTERNAL_ERROR");
    for (const thrown of [Object.create(null), Symbol("x"), { message: 1 }, null, undefined]) {
      const toJSON = () => {
        throw thrown;
      };
      const failed = await onswift.projects.update("p1", { toJSON } as never);
      expect(failed.error).toMatchObject({
        code: "INTERNAL_ERROR",
        message: "Something went wrong.",
      });
    }
  });

  test("the type of data follows from the error", () => {
    expectTypeOf<Result<Project>>().toEqualTypeOf<
      | { readonly data: Project; readonly error: null }
      | { readonly data: null; readonly error: OnSwiftError }
    >();
  });

  test("every request has the client's headers", async () => {
    const backend = new FakeBackend(() => json({}));
    const onswift = clientOf(backend, { ...signedIn, headers: { "x-forwarded-for": "192.0.2.7" } });
    await onswift.users.me();
    expect(backend.seen[0]?.headers.get("x-forwarded-for")).toBe("192.0.2.7");
  });

  test("a client with an Authorization header acts for that user", async () => {
    const backend = new FakeBackend(() => json({}));
    const callers = token({ sub: "somebody" });
    const onswift = clientOf(backend, { headers: { Authorization: `Bearer ${callers}` } });
    await onswift.team.leave("p1");
    expect(backend.seen[0]?.headers.get("authorization")).toBe(`Bearer ${callers}`);
    expect(backend.seen[0]?.body).toEqual({ projectId: "p1", userId: "somebody" });
  });

  test("team.leave removes the signed-in user", async () => {
    const backend = new FakeBackend(() => json(null, 204));
    await clientOf(backend, signedIn).team.leave("p1").orThrow();
    expect(backend.operations[0]?.body).toEqual({ projectId: "p1", userId });
  });

  test("an unknown key is refused by its name and no request is sent", async () => {
    const backend = new FakeBackend(() => json({}));
    const onswift = clientOf(backend, signedIn);
    const forged = { name: "A", description: "B", dueDate: "2030-01-01", creatorId: "x" };
    const { error } = await onswift.projects.create(forged);
    expect(error?.code).toBe("VALIDATION_ERROR");
    expect(error?.details).toEqual([expect.objectContaining({ field: "creatorId" })]);
    expect((await onswift.tasks.list({ stauts: "planning" } as never)).error?.details).toEqual([
      expect.objectContaining({ field: "stauts" }),
    ]);
    expect(backend.seen).toHaveLength(0);
  });

  test("every list refuses an unknown option, also a sort where the order is fixed", async () => {
    const backend = new FakeBackend(() => json({}));
    const o = clientOf(backend, signedIn);
    const typo = { sotr: "name" } as never;
    const sort = { sort: "name" } as never;
    for (const [list, field] of [
      [o.projects.list(typo), "sotr"],
      [o.tasks.list(typo), "sotr"],
      [o.tasks.list("p1", typo), "sotr"],
      [o.deliverables.list(typo), "sotr"],
      [o.samples.list("p1", typo), "sotr"],
      [o.reviews.list("u1", typo), "sotr"],
      [o.users.search(typo), "sotr"],
      [o.conversations.list(sort), "sort"],
      [o.messages.list("c1", sort), "sort"],
      [o.notifications.list(sort), "sort"],
      [o.analytics.audit(sort), "sort"],
    ] as const) {
      const { error } = await list;
      expect(error?.code).toBe("VALIDATION_ERROR");
      expect(error?.details).toEqual([expect.objectContaining({ field })]);
    }
    expect(backend.seen).toHaveLength(0);
  });
});

describe("a list call", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const paged = (list: readonly string[] = ids) =>
    new FakeBackend(({ body }) => json(pageAt(list, body)));
  const namesOf = async (list: AsyncIterable<{ readonly name: string }>) => {
    const names: string[] = [];
    for await (const { name } of list) names.push(name);
    return names;
  };

  test("an awaited list returns one page", async () => {
    const backend = paged();
    const { data } = await clientOf(backend, signedIn).projects.list({ status: "planning" });
    expect(data).toEqual(pageAt(ids, {}));
    expect(backend.operations.map(({ body }) => body)).toEqual([{ status: "planning" }]);
  });

  test("an iterated list returns every item of all pages once, in large pages", async () => {
    const backend = paged();
    const { projects } = clientOf(backend, signedIn);
    expect(await namesOf(projects.list({ status: "planning" }))).toEqual(ids);
    expect(backend.operations.map(({ body }) => body)).toEqual([
      { status: "planning" },
      { status: "planning", page: 1, limit: 100 },
    ]);
  });

  test("an iteration of a single page loads nothing more", async () => {
    const backend = paged(["a", "b"]);
    expect(await namesOf(clientOf(backend, signedIn).projects.list())).toEqual(["a", "b"]);
    expect(backend.operations).toHaveLength(1);
  });

  test("toArray loads no other page if the first one has enough", async () => {
    const backend = paged();
    const list = clientOf(backend, signedIn).projects.list();
    expect((await list.toArray(2).orThrow()).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(backend.operations).toHaveLength(1);
    expect((await list.toArray(3).orThrow()).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  test("an iteration starts at the requested page and can be repeated", async () => {
    const list = clientOf(paged(), signedIn).projects.list({ page: 2 });
    for (const round of [1, 2]) {
      expect([round, ...(await namesOf(list))]).toEqual([round, "c", "d", "e"]);
    }
    const many = Array.from({ length: 330 }, (_, index) => `${index}`);
    const later = clientOf(paged(many), signedIn).projects.list({ page: 4, limit: 50 });
    expect(await namesOf(later)).toEqual(many.slice(150));
  });

  test("an iteration returns every item that was there, although the loop removes them", async () => {
    const list = Array.from({ length: 250 }, (_, index) => `${index}`);
    const expected = [...list];
    const names: string[] = [];
    for await (const { name } of clientOf(paged(list), signedIn).projects.list()) {
      names.push(name);
      list.splice(list.indexOf(name), 1);
    }
    expect(names).toEqual(expected);
    expect(list).toEqual([]);
  });

  test("an item that moves to an earlier page while the list is loaded is not lost", async () => {
    const list = Array.from({ length: 250 }, (_, index) => `${index}`);
    const backend = new FakeBackend(({ body }, attempt) => {
      if (attempt === 3) list.shift(); // between the first and the second large page
      return json(pageAt(list, body));
    });
    const names = await namesOf(clientOf(backend, signedIn).projects.list());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(list));
  });

  test("every list with pages accepts page and limit", async () => {
    const backend = new FakeBackend(() => json(pageAt(ids, {})));
    const onswift = clientOf(backend, signedIn);
    const filter = { page: 2, limit: 5 };
    const lists = [
      onswift.projects.list(filter),
      onswift.tasks.list(filter),
      onswift.tasks.list("p1", filter),
      onswift.deliverables.list(filter),
      onswift.samples.list("p1", filter),
      onswift.conversations.list(filter),
      onswift.notifications.list(filter),
      onswift.reviews.list("u1", filter),
    ];
    for (const list of lists) expect((await list).error).toBeNull();
    for (const { body } of backend.operations) expect(body).toMatchObject(filter);
    expect(backend.operations).toHaveLength(lists.length);
  });

  test("an error during an iteration is thrown", async () => {
    const refusal = { code: "PT429", hint: "RATE_LIMITED", message: "Too many.", details: null };
    const backend = new FakeBackend(({ body }) =>
      (body as { page?: number }).page === 1 ? json(refusal, 429) : json(pageAt(ids, body)),
    );
    const list = clientOf(backend, signedIn).projects.list({}, { maxRetries: 0 });
    await expect(namesOf(list)).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });
});

describe("the pages of a list", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const paged = () => new FakeBackend(({ body }) => json(pageAt(ids, body)));

  test("nextPage loads the next page with the same filter, and null after the last one", async () => {
    const backend = paged();
    const first = clientOf(backend, signedIn).projects.list({ status: "planning", limit: 2 });
    const second = first.nextPage();
    const pages = [first, second, second.nextPage(), second.nextPage().nextPage()];
    const shown = await Promise.all(pages.map(async (page) => (await page).data?.projects));
    expect(shown.map((page) => page?.map(({ name }) => name))).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e"],
      undefined,
    ]);
    expect(backend.operations.map(({ body }) => body)).toContainEqual({
      status: "planning",
      limit: 2,
      page: 2,
    });
    const rest = await second.toArray().orThrow();
    expect(rest.map(({ id }) => id)).toEqual(["c", "d", "e"]);
  });

  test("nextPage follows the last message, in the direction of the filter", async () => {
    const backend = new FakeBackend(({ body }) => {
      const { after } = body as { after?: string };
      const messages = after === "m2" ? [{ id: "m3" }] : [{ id: "m1" }, { id: "m2" }];
      return json({ messages, hasMore: after !== "m2" });
    });
    const list = clientOf(backend, signedIn).messages.list("c1", { after: "m0" });
    const next = list.nextPage();
    expect((await next).data?.messages).toEqual([{ id: "m3" }]);
    expect((await next.nextPage()).data).toBeNull();
    expect(backend.operations.map(({ body }) => body)).toEqual([
      { conversationId: "c1", after: "m0" },
      { conversationId: "c1", after: "m2" },
    ]);
  });

  test("a next page passes on the error of the page before it", async () => {
    const refusal = { code: "PT403", hint: "FORBIDDEN", message: "No.", details: null };
    const backend = new FakeBackend(() => json(refusal, 403));
    const next = clientOf(backend, signedIn).projects.list().nextPage();
    expect((await next).error?.code).toBe("FORBIDDEN");
    expect(backend.operations).toHaveLength(1);
  });

  test("toArray collects every item, or at most as many as asked for", async () => {
    const { projects } = clientOf(paged(), signedIn);
    expect((await projects.list().toArray().orThrow()).map(({ id }) => id)).toEqual(ids);
    expect((await projects.list().toArray(3)).data?.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect((await projects.list().toArray(0)).data).toEqual([]);
  });

  test("toArray resolves to the error of a page", async () => {
    const backend = new FakeBackend(() => new TypeError("fetch failed"));
    const list = clientOf(backend, signedIn).projects.list({}, { maxRetries: 0 });
    expect((await list.toArray()).error?.code).toBe("NETWORK");
  });
});

describe("withResponse", () => {
  test("the response comes with the data", async () => {
    const headers = { "x-request-id": "r1", "x-extra": "1" };
    const backend = new FakeBackend(() => json({ id: "p1" }, 200, headers));
    const { data, error, response } = await clientOf(backend, signedIn)
      .projects.get("p1")
      .withResponse();
    expect({ data, error }).toEqual({ data: { id: "p1" }, error: null });
    expect(response).toMatchObject({ status: 200, requestId: "r1" });
    expect(response?.headers.get("x-extra")).toBe("1");
  });

  test("the response comes with an error too, and is null if none arrived", async () => {
    const refusal = { code: "PT404", hint: "NOT_FOUND", message: "No.", details: null };
    const backend = new FakeBackend(({ path }) =>
      path.endsWith("get_task") ? new TypeError("fetch failed") : json(refusal, 404),
    );
    const { projects, tasks } = clientOf(backend, signedIn);
    const missing = await projects.get("p1").withResponse();
    expect(missing.error?.code).toBe("NOT_FOUND");
    expect(missing.response?.status).toBe(404);
    const lost = await tasks.get("p1", "t1", { maxRetries: 0 }).withResponse();
    expect(lost.error?.code).toBe("NETWORK");
    expect(lost.response).toBeNull();
  });
});

describe("an OnSwiftError", () => {
  test("a misspelt code does not compile", () => {
    const error = new OnSwiftError({ code: "NOT_FOUND", message: "Not found." });
    // @ts-expect-error: the misspelt code is not in the closed type
    expect(error.code === "NOT_FUOND").toBe(false);
    // @ts-expect-error: nor can an error be created with it
    const misspelt = new OnSwiftError({ code: "NOT_FUOND", message: "Not found." });
    expect(misspelt.code).toBe("NOT_FUOND");
    expectTypeOf(error.code).toEqualTypeOf<OnSwiftErrorCode>();
  });

  test("isOnSwiftError recognizes an error of another copy of the SDK", () => {
    const foreign = Object.defineProperty(
      new Error("from elsewhere"),
      Symbol.for("@onswift/sdk.error"),
      { value: true },
    );
    expect(isOnSwiftError(foreign)).toBe(true);
    expect(foreign).toBeInstanceOf(OnSwiftError);
    expect(isOnSwiftError(new Error("NOT_FOUND"))).toBe(false);
    expect(isOnSwiftError(undefined)).toBe(false);
  });
});

describe("a search", () => {
  const found = (ids: readonly string[], nextCursor: string | null) => ({
    users: ids.map((id) => ({ id, name: id })),
    pagination: { page: 1, limit: 2, total: 5, totalPages: 3, hasNext: true, hasPrev: false },
    nextCursor,
  });
  // "b" moved behind the first cursor while the pages were loaded.
  const pages: Readonly<Record<string, object>> = {
    start: found(["a", "b"], "after-b"),
    "after-b": found(["c", "b"], "after-c"),
    "after-c": found(["d"], null),
  };
  const searched = () =>
    new FakeBackend(({ body }) =>
      json(pages[(body as { cursor?: string }).cursor ?? "start"] ?? found([], null)),
    );
  const idsOf = async (list: AsyncIterable<{ readonly id: string }>) => {
    const ids: string[] = [];
    for await (const { id } of list) ids.push(id);
    return ids;
  };

  test("iterating follows the cursors, and returns a talent who moved only once", async () => {
    const backend = searched();
    const list = clientOf(backend, signedIn).users.search({ skills: ["Figma"], limit: 2, page: 1 });
    expect(await idsOf(list)).toEqual(["a", "b", "c", "d"]);
    const filter = { skills: ["Figma"], limit: 2 };
    expect(backend.operations.map(({ path, body }) => [path, body])).toEqual([
      ["/rest/v1/rpc/search_talent", { ...filter, page: 1 }],
      ["/rest/v1/rpc/search_talent", { ...filter, cursor: "after-b" }],
      ["/rest/v1/rpc/search_talent", { ...filter, cursor: "after-c" }],
    ]);
  });

  test("a search can begin at a cursor, loads only what is needed, and can be repeated", async () => {
    const backend = searched();
    const list = clientOf(backend, signedIn).users.search({ cursor: "after-b" });
    for await (const { id } of list) {
      if (id === "b") break;
    }
    expect(backend.operations).toHaveLength(1);
    expect(await idsOf(list)).toEqual(["c", "b", "d"]);
    expect((await list).data).toEqual(pages["after-b"]);
  });

  test("an error on a later page is thrown", async () => {
    const refusal = { code: "PT400", hint: "VALIDATION_ERROR", message: "x", details: "[]" };
    const backend = new FakeBackend((_request, attempt) =>
      attempt === 1 ? json(pages.start) : json(refusal, 400),
    );
    const list = clientOf(backend, signedIn).users.search();
    await expect(idsOf(list)).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });
});
