import assert from "node:assert/strict";
import { maxBodyBytes } from "../http/body.ts";
import { accessToken, standIn } from "./stand-in.ts";

const json = { "content-type": "application/json" };

async function refused(response: Response) {
  const { error } = await response.json();
  return { status: response.status, code: error.code, fields: fieldsOf(error.details) };
}
const fieldsOf = (details: { field: string }[] = []) => details.map(({ field }) => field);

Deno.test("a body that cannot be read says why", async () => {
  const { send } = standIn();
  const login = (body: BodyInit | null, headers: Record<string, string> = json) =>
    send("POST", "/auth/login", { headers, body });

  for (const body of ["{", "", '{"a":"\xff"}x']) {
    assert.deepEqual(await refused(await login(body)), {
      status: 400,
      code: "VALIDATION_ERROR",
      fields: ["body"],
    });
  }
  for (const type of ["text/plain", "application/jsonp", "multipart/form-data; boundary=x"]) {
    const answer = await refused(await login("{}", { "content-type": type }));
    assert.deepEqual([answer.status, answer.code], [415, "UNSUPPORTED_MEDIA_TYPE"]);
  }
  const charset = await login("{}", { "content-type": "application/json; charset=utf-8" });
  assert.equal((await refused(charset)).code, "VALIDATION_ERROR");
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
  assert.ok(sent < maxBodyBytes * 2, "it stops reading");
});

Deno.test("every bad field is named at once", async () => {
  const { send, calls } = standIn();
  const body = {
    email: "nobody",
    password: "short",
    name: " ",
    userType: "talent",
    companyName: "Acme",
    isAdmin: true,
  };
  const response = await send("POST", "/auth/signup", {
    headers: json,
    body: JSON.stringify(body),
  });
  const { status, code, fields } = await refused(response);
  assert.deepEqual([status, code], [400, "VALIDATION_ERROR"]);
  assert.deepEqual(
    new Set(fields),
    new Set(["email", "password", "name", "companyName", "isAdmin"]),
  );
  assert.equal(calls.length, 0);
});

Deno.test("a weak password alone has a code of its own", async () => {
  const { send } = standIn();
  const body = { token: "x", newPassword: "alllowercase1" };
  const response = await send("POST", "/auth/reset-password", {
    headers: json,
    body: JSON.stringify(body),
  });
  const { status, code, fields } = await refused(response);
  assert.deepEqual(
    [status, code, new Set(fields)],
    [400, "WEAK_PASSWORD", new Set(["newPassword"])],
  );
});

Deno.test("nested fields and unknown ones are named by their path", async () => {
  const { signedIn } = standIn();
  const body = { skills: ["Figma", 7], portfolioLinks: ["ftp://x.example"], email: "a@b.example" };
  const { fields } = await refused(await signedIn("PUT", "/users/me", body));
  assert.deepEqual(new Set(fields), new Set(["skills[1]", "portfolioLinks[0]", "email"]));
});

Deno.test("a body that is no object, and keys of the prototype", async () => {
  const { send, signedIn } = standIn();
  for (const body of ["[]", "null", '"x"', "7"]) {
    const response = await send("POST", "/auth/login", { headers: json, body });
    assert.equal((await refused(response)).status, 400, body);
  }
  const authorization = `Bearer ${await accessToken()}`;
  const body = '{"__proto__":{"name":"x"},"constructor":1}';
  const response = await send("PUT", "/users/me", { headers: { ...json, authorization }, body });
  assert.deepEqual((await refused(response)).fields, ["__proto__", "constructor"]);
  assert.equal((await signedIn("PUT", "/users/me", {})).status, 200);
});

Deno.test("ids, filters and paging are checked", async () => {
  const { signedIn, calls } = standIn();
  for (const [path, field] of [
    ["/users/nobody", "userId"],
    ["/projects/1", "projectId"],
    ["/projects?status=active", "status"],
    ["/projects?limit=0", "limit"],
    ["/projects?limit=ten", "limit"],
    ["/projects?page=-1", "page"],
    ["/projects?sort=password", "sort"],
    ["/projects?page=1&page=2", "page"],
    ["/tasks?assigneeId=me", "assigneeId"],
    ["/tasks?dueFrom=2026-02-30", "dueFrom"],
  ] as const) {
    const answer = await refused(await signedIn("GET", path));
    assert.deepEqual(answer, { status: 400, code: "VALIDATION_ERROR", fields: [field] }, path);
  }
  assert.equal(calls.length, 0);

  await signedIn("GET", "/projects?limit=500&page=2&unknown=1");
  assert.deepEqual(calls[0]?.args, { limit: 500, page: 2 });
});

Deno.test("characters are counted as the database counts them, and NUL is dropped", async () => {
  const { signedIn, calls } = standIn();
  assert.equal((await signedIn("PUT", "/users/me", { name: "🎬".repeat(255) })).status, 200);
  assert.equal((await signedIn("PUT", "/users/me", { name: "🎬".repeat(256) })).status, 400);
  assert.equal((await signedIn("PUT", "/users/me", { name: "A\0da" })).status, 200);
  assert.deepEqual(calls.at(-1)?.args, { patch: { name: "Ada" } });
});
