import assert from "node:assert/strict";
import { maxBodyBytes } from "../http/body.ts";
import { ApiError } from "../http/errors.ts";
import { accessToken, standIn } from "./stand-in.ts";

const json = { "content-type": "application/json" };

async function refused(response: Response) {
  const { error } = await response.json();
  return { status: response.status, code: error.code, fields: fieldsOf(error.details) };
}
const fieldsOf = (details: { field: string }[] = []) => details.map(({ field }) => field);

Deno.test("a body that cannot be read is refused as body", async () => {
  const { send, calls } = standIn();
  const login = (body: BodyInit | null, headers: Record<string, string> = json) =>
    send("POST", "/auth/login", { headers, body });

  for (const body of ["{", "", '{"a":"\xff"}x', "[]", "null", '"x"', "7"]) {
    assert.deepEqual(
      await refused(await login(body)),
      { status: 400, code: "VALIDATION_ERROR", fields: ["body"] },
      body,
    );
  }
  for (const type of ["text/plain", "application/jsonp", "multipart/form-data; boundary=x"]) {
    const answer = await refused(await login("{}", { "content-type": type }));
    assert.deepEqual([answer.status, answer.code], [415, "UNSUPPORTED_MEDIA_TYPE"]);
  }
  const charset = await login("{", { "content-type": "application/json; charset=utf-8" });
  assert.equal((await refused(charset)).code, "VALIDATION_ERROR");
  assert.equal(calls.length, 0);
});

Deno.test("a body over the limit is 413, whatever length it declares", async () => {
  const { send } = standIn();
  const big = new Uint8Array(maxBodyBytes + 1).fill(32);
  const declared = await send("POST", "/auth/login", { headers: json, body: big });
  assert.equal((await refused(declared)).code, "PAYLOAD_TOO_LARGE");

  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536).fill(32));
    },
  });
  const chunked = await send("POST", "/auth/login", { headers: json, body: endless });
  assert.equal(chunked.status, 413);
  assert.ok(sent < maxBodyBytes * 2, "reading stops at the limit");
});

Deno.test("a body that does not arrive within 2 minutes is refused", async () => {
  const { send, calls } = standIn();
  const original = AbortSignal.timeout;
  const asked: number[] = [];
  AbortSignal.timeout = (ms) => {
    asked.push(ms);
    return original.call(AbortSignal, 20);
  };
  try {
    const slow = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"email"')),
    });
    const answer = await refused(await send("POST", "/auth/login", { headers: json, body: slow }));
    assert.deepEqual(answer, { status: 400, code: "VALIDATION_ERROR", fields: ["body"] });
    assert.deepEqual(asked, [120_000]);
  } finally {
    AbortSignal.timeout = original;
  }
  assert.equal(calls.length, 0);
});

Deno.test("a body is passed to the database as it was sent, with the arguments of the right type", async () => {
  const { signedIn, calls } = standIn();
  const body = { name: 7, description: ["x"], dueDate: "tomorrow", status: "completed" };
  await signedIn("POST", "/projects", body);
  assert.deepEqual(calls[0]?.args, { name: null, description: null, dueDate: "tomorrow" });
  assert.deepEqual(calls[0]?.input, body);

  await signedIn("POST", "/projects/p/tasks", { projectId: "other", name: "Cut" });
  assert.deepEqual(calls[1]?.args, { projectId: "p", name: "Cut" });
  assert.deepEqual(calls[1]?.input, { projectId: "other", name: "Cut" });

  await signedIn("POST", "/upload/presigned-url", { fileSize: 1.5, fileName: "a", mimeType: true });
  assert.deepEqual(calls[2]?.args, { fileSize: null, fileName: "a", mimeType: null });
});

Deno.test("a patch is passed to the database as it was sent", async () => {
  const { signedIn, calls } = standIn();
  const body = { skills: ["Figma", 7], bio: 7, email: "a@b.example" };
  await signedIn("PUT", "/users/me", body);
  assert.deepEqual(calls[0]?.args, { patch: body });
});

Deno.test("the database's list of invalid fields is the response", async () => {
  const details = [
    { field: "name", message: "Name must be text." },
    { field: "isAdmin", message: "isAdmin cannot be set here." },
  ];
  const refusal = new ApiError("VALIDATION_ERROR", "Validation failed", { details });
  const { send } = standIn({ check_sign_up: refusal });
  const response = await send("POST", "/auth/signup", { headers: json, body: '{"isAdmin":true}' });
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), {
    error: { code: "VALIDATION_ERROR", message: "Validation failed", details },
  });
});

Deno.test("keys with a meaning in JavaScript are passed on as plain keys", async () => {
  const { send, signedIn, calls } = standIn();
  const body = '{"__proto__":{"name":"x"},"constructor":1}';
  const headers = { ...json, authorization: `Bearer ${await accessToken()}` };
  assert.equal((await send("PUT", "/users/me", { headers, body })).status, 200);
  assert.deepEqual(JSON.stringify(calls[0]?.args), `{"patch":${body}}`);
  assert.equal((await signedIn("PUT", "/users/me", {})).status, 200);
});

Deno.test("known query parameters are passed on, digits and truth values as such", async () => {
  const { signedIn, calls } = standIn();
  await signedIn("GET", "/projects?limit=500&page=2");
  assert.deepEqual(calls[0]?.args, { limit: 500, page: 2 });
  assert.deepEqual(calls[0]?.input, { limit: "500", page: "2" });
  await signedIn("GET", "/projects?limit=ten&page=-1&sort=name");
  assert.deepEqual(calls[1]?.args, { limit: null, page: null, sort: "name" });
  assert.deepEqual(calls[1]?.input, { limit: "ten", page: "-1", sort: "name" });
  await signedIn("GET", "/notifications?isRead=false");
  assert.deepEqual(calls[2]?.args, { isRead: false });
  await signedIn("GET", "/notifications?isRead=maybe");
  assert.deepEqual([calls[3]?.args, calls[3]?.input], [{ isRead: null }, { isRead: "maybe" }]);
});

Deno.test("unknown query parameters are refused by their names", async () => {
  const { send, signedIn, calls } = standIn();
  for (const [method, path, ...fields] of [
    ["GET", "/projects?stauts=planning&page=1&sotr=name", "stauts", "sotr"],
    ["GET", "/conversations?sort=name", "sort"],
    ["GET", "/users/me?fields=name", "fields"],
    ["POST", "/projects?name=x", "name"],
    ["GET", "/health?x=1", "x"],
    ["GET", "/calendar.ics?token=t&nocache=1", "nocache"],
    ["GET", "/projects?__proto__=x&constructor=y", "__proto__", "constructor"],
  ] as const) {
    const answer = await refused(await signedIn(method, path, method === "POST" ? {} : undefined));
    assert.deepEqual(answer, { status: 400, code: "VALIDATION_ERROR", fields }, path);
  }
  assert.equal(calls.length, 0);

  // Mail services add parameters to the links in mails.
  for (const path of ["/auth/verify-email", "/notifications/unsubscribe"]) {
    const response = await send("GET", `${path}?token=t&utm_source=mail`);
    assert.equal(response.status, 200, path);
  }
  assert.deepEqual(
    calls.map(({ input }) => input),
    [{ token: "t" }, { token: "t" }],
  );
});

Deno.test("a repeated query parameter is refused by its name", async () => {
  const { signedIn, calls } = standIn();
  const answer = await refused(await signedIn("GET", "/projects?page=1&page=2"));
  assert.deepEqual(answer, { status: 400, code: "VALIDATION_ERROR", fields: ["page"] });
  assert.equal(calls.length, 0);
});

Deno.test("a list of a query is its repeated parameter, with or without brackets", async () => {
  const { signedIn, calls } = standIn();
  for (const [query, skills] of [
    ["skills[]=Figma&skills[]=UI%20Design", ["Figma", "UI Design"]],
    ["skills%5B%5D=Figma&skills%5B%5D=2D+Animation", ["Figma", "2D Animation"]],
    ["skills=Figma&skills=Branding", ["Figma", "Branding"]],
    ["skills=A&skills[]=B&skills=C", ["A", "B", "C"]],
    ["skills=Figma", ["Figma"]],
    ["skills[]=a,b", ["a,b"]],
    ["skills[]=", [""]],
  ] as const) {
    await signedIn("GET", `/users/search?q=x&${query}`);
    const { name, args, input, readOnly } = calls.at(-1) ?? {};
    assert.deepEqual([name, readOnly], ["search_talent", true]);
    assert.deepEqual(
      [args, input],
      [
        { q: "x", skills },
        { q: "x", skills },
      ],
      query,
    );
  }
});

Deno.test("only a list can be repeated or have brackets", async () => {
  const { signedIn, calls } = standIn();
  for (const [query, field] of [
    ["q=a&q=b", "q"],
    ["page[]=1", "page[]"],
    ["skills[0]=Figma", "skills[0]"],
    ["skills[][]=Figma", "skills[][]"],
  ] as const) {
    const answer = await refused(await signedIn("GET", `/users/search?${query}`));
    assert.deepEqual(answer, { status: 400, code: "VALIDATION_ERROR", fields: [field] }, query);
  }
  assert.equal(calls.length, 0);
});

Deno.test("a query's number with decimals reaches the database as it was sent", async () => {
  const { signedIn, calls } = standIn();
  await signedIn("GET", "/users/search?minRate=40.5&maxRate=9e1&minRating=4");
  assert.deepEqual(calls[0]?.input, { minRate: "40.5", maxRate: "9e1", minRating: "4" });
});

Deno.test("NUL characters are removed from bodies, queries and paths", async () => {
  const { signedIn, calls } = standIn();
  await signedIn("PUT", "/users/me", { name: "A\0da", skills: ["F\0igma"] });
  assert.deepEqual(calls[0]?.args, { patch: { name: "Ada", skills: ["Figma"] } });
  await signedIn("GET", "/projects?sort=na%00me");
  assert.deepEqual(calls[1]?.args, { sort: "name" });
  await signedIn("GET", "/projects/%00x");
  assert.deepEqual(calls[2]?.args, { projectId: "x" });
});

Deno.test("an id in the path is the database's to judge", async () => {
  const { signedIn, calls } = standIn();
  await signedIn("GET", "/projects/nonsense");
  assert.deepEqual(calls[0]?.args, { projectId: "nonsense" });
});

Deno.test("NUL and unpaired surrogates, which PostgreSQL cannot store, are removed", async () => {
  const { send, calls } = standIn({ create_project: {} });
  const authorization = `Bearer ${await accessToken()}`;
  const body =
    '{"name":"a\\u0000b\\ud800c\\udc00d \\ud83d\\ude00","description":"\\udfff","dueDate":["\\u0000"]}';
  const response = await send("POST", "/projects", { headers: { ...json, authorization }, body });
  assert.equal(response.status, 201);
  assert.deepEqual(
    calls.map(({ input }) => input),
    [{ name: "abcd 😀", description: "", dueDate: [""] }],
  );
});

Deno.test("a number that JavaScript cannot hold stays a number, and does not become null", async () => {
  const { send, calls } = standIn();
  const authorization = `Bearer ${await accessToken()}`;
  const body = '{"hourlyRate":1e400,"skills":[-1e400]}';
  await send("PUT", "/users/me", { headers: { ...json, authorization }, body });
  const patch = { hourlyRate: Number.MAX_VALUE, skills: [-Number.MAX_VALUE] };
  assert.deepEqual(calls[0]?.args, { patch });
});
