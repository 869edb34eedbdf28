import assert from "node:assert/strict";
import { accessToken, standIn, userId } from "./stand-in.ts";

const code = async (response: Response) => (await response.json()).error.code;

Deno.test("an unknown path is 404 with an error body", async () => {
  const { send } = standIn();
  const response = await send("GET", "/nothing/here");
  assert.equal(response.status, 404);
  assert.deepEqual(await response.json(), {
    error: { code: "NOT_FOUND", message: "This path does not exist." },
  });
});

Deno.test("a wrong method is 405 and names the allowed ones", async () => {
  const { send } = standIn();
  for (const [method, path, allow] of [
    ["PATCH", "/users/me", "GET, PUT, DELETE, HEAD, OPTIONS"],
    ["GET", "/auth/login", "POST, OPTIONS"],
    ["DELETE", "/projects", "GET, POST, HEAD, OPTIONS"],
    ["POST", "/openapi.json", "GET, HEAD, OPTIONS"],
  ] as const) {
    const response = await send(method, path);
    assert.equal(response.status, 405, path);
    assert.equal(response.headers.get("allow"), allow);
    assert.deepEqual((await response.json()).error, {
      code: "METHOD_NOT_ALLOWED",
      message: `Method not allowed. Allowed: ${allow}.`,
    });
  }
});

Deno.test("a trailing slash is ignored", async () => {
  const { signedIn } = standIn();
  assert.equal((await signedIn("GET", "/projects/")).status, 200);
});

Deno.test("invalid percent-encoding is 400", async () => {
  const { send } = standIn();
  for (const path of ["/users/%E0%A4%A", "/skills?x=%ff"]) {
    const response = await send("GET", path);
    assert.equal(response.status, 400, path);
    assert.equal(await code(response), "VALIDATION_ERROR");
  }
});

Deno.test("a preflight request is allowed for listed origins only", async () => {
  const { send } = standIn();
  const ask = (origin: string) => send("OPTIONS", "/projects", { headers: { origin } });

  const listed = await ask("https://app.example");
  assert.equal(listed.status, 204);
  assert.equal(listed.headers.get("access-control-allow-origin"), "https://app.example");
  assert.match(listed.headers.get("access-control-allow-methods") ?? "", /POST/);
  assert.match(listed.headers.get("access-control-allow-headers") ?? "", /authorization/);
  assert.equal(listed.headers.get("access-control-allow-credentials"), null);

  const stranger = await ask("https://evil.example");
  assert.equal(stranger.status, 204);
  assert.equal(stranger.headers.get("access-control-allow-origin"), null);
  assert.match(stranger.headers.get("vary") ?? "", /Origin/);
});

Deno.test("every response has the security headers and a request id", async () => {
  const { send } = standIn();
  const response = await send("GET", "/skills", { headers: { "x-request-id": "abc-1" } });
  assert.equal(response.headers.get("x-request-id"), "abc-1");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("cache-control"), "no-store");

  const odd = await send("GET", "/nothing", { headers: { "x-request-id": "<script>" } });
  assert.match(odd.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
});

Deno.test("the log has one line per request, without secrets", async () => {
  const { signedIn, lines } = standIn();
  await signedIn("DELETE", "/users/me?force=true", { password: "Very-Secret-1" });
  assert.equal(lines.length, 1);
  const { method, route, status, user } = lines[0] ?? {};
  assert.deepEqual(
    { method, route, status },
    { method: "DELETE", route: "/users/me", status: 204 },
  );
  assert.match(user ?? "", /^[0-9a-f]{16}$/);
  const text = JSON.stringify(lines);
  for (const secret of ["Very-Secret-1", userId, await accessToken()]) {
    assert.ok(!text.includes(secret));
  }
});

Deno.test("the log has no address and no query, also when the request fails", async () => {
  const failure = new Error("connection refused");
  const { send, lines } = standIn({ check_sign_in: failure, verify_email: failure });
  const email = "ada@secret.example";
  await send("POST", "/auth/login", {
    headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.9" },
    body: JSON.stringify({ email, password: "Very-Secret-1" }),
  });
  await send("GET", "/auth/verify-email?token=mailed-token&to=ada@secret.example");
  assert.deepEqual(
    lines.map(({ status }) => status),
    [500, 500],
  );
  assert.doesNotMatch(JSON.stringify(lines), /secret|mailed-token|203\.0\.113/i);
});

Deno.test("the cause of an internal error is logged and not sent", async () => {
  const { signedIn, lines } = standIn({ get_me: new Error("relation secret_table is gone") });
  const response = await signedIn("GET", "/users/me");
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret_table/);
  assert.match(lines[0]?.fault ?? "", /secret_table/);
});

Deno.test("Prefer: envelope wraps a resource and a list", async () => {
  const pagination = {
    page: 1,
    limit: 20,
    total: 0,
    totalPages: 0,
    hasNext: false,
    hasPrev: false,
  };
  const { send } = standIn({ list_projects: { projects: [], pagination }, get_me: { id: userId } });
  const headers = { authorization: `Bearer ${await accessToken()}`, prefer: "envelope" };

  const list = await send("GET", "/projects", { headers });
  assert.equal(list.headers.get("preference-applied"), "envelope");
  assert.deepEqual(await list.json(), { data: [], meta: { pagination } });
  const one = await send("GET", "/users/me", { headers });
  assert.deepEqual(await one.json(), { data: { id: userId }, meta: {} });
});
