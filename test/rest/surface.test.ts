import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { openApi } from "../contract/document.ts";
import { apiUrl, openDatabase, publishableKey } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { documentedFetch } from "./document.ts";
import { aProject, Caller, made, person, refusal, refused } from "./support.ts";

describe("an unknown path or method", () => {
  test("returns 404 or 405 in the error envelope", async () => {
    const caller = new Caller();
    expect(refusal(await caller.get("/nothing"))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await caller.get("/"))).toEqual(refused(404, "NOT_FOUND"));
    const wrong = await caller.send("PATCH", "/projects");
    expect(refusal(wrong)).toEqual(refused(405, "METHOD_NOT_ALLOWED"));
    expect(wrong.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
  });

  test("returns 400 for a malformed URL", async () => {
    const caller = await person("talent");
    for (const path of ["/users/%E0%A4%A", "/users/%00", "/projects?status=%ff"]) {
      const { status, code } = refusal(await caller.get(path));
      expect([status, code], path).toEqual([400, "VALIDATION_ERROR"]);
    }
  });
});

describe("authentication", () => {
  test("requires a token and no key", async () => {
    const caller = await person("talent");
    expect((await caller.get("/users/me")).status).toBe(200);
  });

  test("refuses keys and forged tokens", async () => {
    const { token = "" } = await person("talent");
    const [, payload] = token.split(".");
    const none = `${btoa('{"alg":"none"}')}.${payload}.`;
    for (const bearer of [
      publishableKey,
      process.env.SECRET_KEY,
      none,
      `${token.slice(0, -6)}AAAAAA`,
    ]) {
      const caller = new Caller();
      caller.token = bearer;
      expect(refusal(await caller.get("/users/me"))).toEqual(refused(401, "NOT_AUTHENTICATED"));
    }
  });
});

describe("request bodies", () => {
  const raw = (body: BodyInit, type = "application/json", headers = {}) =>
    documentedFetch("/auth/login", {
      method: "POST",
      headers: { "content-type": type, "x-forwarded-for": new Caller().address, ...headers },
      body,
    });
  const code = async (response: Promise<Response>) => {
    const answer = await response;
    return [answer.status, (await answer.json()).error.code];
  };

  test("must be JSON of at most 1 MiB", async () => {
    expect(await code(raw("{not json"))).toEqual([400, "VALIDATION_ERROR"]);
    expect(await code(raw("[]"))).toEqual([400, "VALIDATION_ERROR"]);
    expect(await code(raw("email=a", "application/x-www-form-urlencoded"))).toEqual([
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ]);
    expect(await code(raw(" ".repeat(1024 * 1024 + 1)))).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  });

  test("that end before their declared length do not stop the service", async () => {
    const { hostname, port } = new URL(apiUrl);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    const start = [
      "POST /functions/v1/api/auth/login HTTP/1.1",
      `Host: ${hostname}`,
      "Content-Type: application/json",
      "Content-Length: 500",
      "",
      '{"email"',
    ].join("\r\n");
    await new Promise<void>((sent) => socket.write(start, () => sent()));
    socket.destroy();
    expect((await documentedFetch("/health")).status).toBe(200);
  });
});

describe("browsers", () => {
  const preflight = (origin: string) =>
    documentedFetch("/projects", {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });

  test("pages on this machine may call, other origins get no CORS headers", async () => {
    const allowed = await preflight("http://localhost:5173");
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
    expect(allowed.headers.get("access-control-allow-methods")).toContain("POST");
    expect(allowed.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();

    const stranger = await preflight("https://evil.example");
    expect(stranger.headers.get("access-control-allow-origin")).toBeNull();
    const answer = await documentedFetch("/skills", {
      headers: { origin: "https://evil.example" },
    });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

/** How often each status was returned. */
const tally = (statuses: readonly number[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe("rate limits", () => {
  test("allow 60 requests per minute from an address without a token", async () => {
    const caller = new Caller();
    const statuses = await Promise.all(
      Array.from({ length: 70 }, async () => (await caller.get("/skills")).status),
    );
    expect(tally(statuses)).toEqual({ 200: 60, 429: 10 });
    const refusedOne = await caller.get("/skills");
    expect(refusal(refusedOne)).toEqual(refused(429, "RATE_LIMITED"));
    expect(Number(refusedOne.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refusedOne.headers.get("x-ratelimit-limit")).toBe("60");
    expect((await new Caller().get("/skills")).status).toBe(200);
  });

  test("allow 100 requests per minute of a user from all addresses", async () => {
    const user = await person("creator");
    const elsewhere = Object.assign(new Caller(), { token: user.token });
    const replies = await Promise.all(
      Array.from({ length: 110 }, (_, index) => (index % 2 ? user : elsewhere).get("/users/me")),
    );
    expect(tally(replies.map(({ status }) => status))).toEqual({ 200: 100, 429: 10 });
    const passed = replies.filter(({ status }) => status === 200);
    const left = passed.map(({ headers }) => Number(headers.get("x-ratelimit-remaining")));
    expect(Math.min(...left)).toBe(0);
    expect(refusal(await user.post("/projects", aProject()))).toEqual(refused(429, "RATE_LIMITED"));
  });
});

test("Prefer: envelope wraps every kind of response except errors", async () => {
  const caller = await person("creator");
  const headers = { prefer: "envelope" };
  const one = await caller.send("POST", "/projects", { body: aProject(), headers });
  expect(one.status).toBe(201);
  expect(one.headers.get("preference-applied")).toBe("envelope");
  expect(one.body).toMatchObject({ data: { name: "Trailer" }, meta: {} });
  const list = await caller.get("/projects", { headers });
  expect(list.body).toMatchObject({
    data: [{ id: one.body.data.id }],
    meta: { pagination: { page: 1, total: 1 } },
  });
  expect(refusal(await caller.get("/projects/1", { headers })).code).toBe("VALIDATION_ERROR");
});

test("every response has security headers and a request id", async () => {
  const { headers } = await new Caller().get("/skills", { headers: { "x-request-id": "mine-1" } });
  expect(headers.get("x-request-id")).toBe("mine-1");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("cache-control")).toBe("no-store");
});

test("a statement that takes longer than 10 seconds ends with 503", async () => {
  const creator = await person("creator");
  const project = await made(creator.post("/projects", aProject()));
  const sql = openDatabase();
  const waiting = await sql.begin(async (tx) => {
    await tx`select from public.projects where id = ${project.id} for update`;
    return creator.put(`/projects/${project.id}`, { name: "Teaser" });
  });
  await sql.end();
  expect(refusal(waiting)).toEqual(refused(503, "SERVICE_UNAVAILABLE"));
  expect(waiting.headers.get("retry-after")).toBe("2");
  expect((await creator.get(`/projects/${project.id}`)).body.name).toBe("Trailer");
});

test("a connection that the database closes is replaced", async () => {
  const caller = await person("talent");
  const sql = openDatabase();
  const ended = await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'onswift-functions' and state = 'idle'`;
  await sql.end();
  expect(ended.length).toBeGreaterThan(0);
  const statuses = () =>
    Promise.all(Array.from({ length: 20 }, async () => (await caller.get("/users/me")).status));
  // The API notices the closed connection after a moment, and works again soon after.
  await expect.poll(async () => tally(await statuses())).toEqual({ 200: 20 });
});

test("the OpenAPI document lists exactly the error codes of the database's catalogue", async () => {
  const { components } = await openApi();
  const { Error: schema } = components.schemas as unknown as {
    Error: { properties: { error: { properties: { code: { enum: string[] } } } } };
  };
  const sql = openDatabase();
  const catalogue = await tables(sql)
    .selectFrom("private.error_catalogue")
    .select("code")
    .execute();
  await sql.end();
  expect(schema.properties.error.properties.code.enum.toSorted()).toEqual(
    catalogue.map(({ code }) => code).sort(),
  );
});
