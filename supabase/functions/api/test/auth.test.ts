import assert from "node:assert/strict";
import type { Dependencies } from "../app.ts";
import { accessToken, standIn, userId } from "./stand-in.ts";

const account = {
  email: "Ada@Example.com",
  password: "Secure-Pass1",
  name: "Ada",
  userType: "talent",
};
const me = {
  id: userId,
  email: "ada@example.com",
  name: "Ada B",
  userType: "talent",
  mfaRequired: false,
};
const session = async () => ({ access_token: await accessToken(), refresh_token: "r1" });

/** The REST API with an Auth whose responses depend on the path. */
function withAuth(
  answer: (path: string) => Response | Promise<Response>,
  overrides: Partial<Dependencies> = {},
) {
  const asked: Request[] = [];
  const auth = {
    supabaseUrl: "http://auth.test",
    secretKey: "sb_secret_test",
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      asked.push(request);
      return answer(new URL(request.url).pathname);
    },
  };
  const email = { email: me.email };
  const answers = { get_account: me, check_sign_up: email, check_sign_in: email };
  const surface = standIn(answers, { auth, ...overrides });
  const post = (path: string, body: object) =>
    surface.send("POST", path, {
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.7, 10.0.0.1" },
      body: JSON.stringify(body),
    });
  return { ...surface, asked, post };
}

const refusal = (status: number, code: string, headers = {}) =>
  Response.json({ code, message: "Auth's own words" }, { status, headers });

Deno.test("sign-up passes the data and the client's address to Auth and responds with the profile", async () => {
  const { post, asked, calls } = withAuth(async () => Response.json(await session()));
  const response = await post("/auth/signup", account);
  assert.equal(response.status, 201);
  const { user, refreshToken } = await response.json();
  assert.deepEqual(user, { id: userId, email: me.email, name: "Ada B", userType: "talent" });
  assert.equal(refreshToken, "r1");

  assert.equal(asked[0]?.url, "http://auth.test/auth/v1/signup");
  assert.equal(asked[0]?.headers.get("apikey"), "sb_secret_test");
  assert.equal(asked[0]?.headers.get("sb-forwarded-for"), "203.0.113.7");
  assert.equal(asked[0]?.headers.get("user-agent"), "onswift-api (unknown)");
  assert.deepEqual(await asked[0]?.json(), {
    email: "ada@example.com",
    password: account.password,
    data: { name: "Ada", userType: "talent" },
  });
  assert.equal(calls[0]?.role, "authenticated");
});

Deno.test("each operation maps Auth's errors to its own, without Auth's sentences", async () => {
  const login = { email: account.email, password: "x" };
  for (const [path, body, status, authCode, expected] of [
    ["/auth/signup", account, 422, "user_already_exists", [409, "EMAIL_EXISTS"]],
    ["/auth/signup", account, 422, "weak_password", [400, "WEAK_PASSWORD"]],
    ["/auth/signup", account, 400, "email_address_invalid", [400, "VALIDATION_ERROR"]],
    ["/auth/signup", account, 422, "signup_disabled", [403, "FORBIDDEN"]],
    ["/auth/signup", account, 400, "unexpected_failure", [400, "VALIDATION_ERROR"]],
    ["/auth/signup", account, 500, "unexpected_failure", [500, "INTERNAL_ERROR"]],
    ["/auth/signup", account, 503, "", [503, "SERVICE_UNAVAILABLE"]],
    ["/auth/login", login, 400, "invalid_credentials", [401, "INVALID_CREDENTIALS"]],
    ["/auth/login", login, 400, "user_banned", [401, "INVALID_CREDENTIALS"]],
    ["/auth/login", login, 429, "over_request_rate_limit", [429, "RATE_LIMITED"]],
    [
      "/auth/refresh",
      { refreshToken: "x" },
      400,
      "refresh_token_not_found",
      [401, "INVALID_REFRESH_TOKEN"],
    ],
    [
      "/auth/refresh",
      { refreshToken: "x" },
      400,
      "refresh_token_already_used",
      [401, "INVALID_REFRESH_TOKEN"],
    ],
    ["/auth/refresh", { refreshToken: "x" }, 409, "conflict", [409, "CONFLICT"]],
  ] as const) {
    const { post } = withAuth(() => refusal(status, authCode, { "retry-after": "17" }));
    const response = await post(path, body);
    const { error } = await response.json();
    assert.deepEqual([response.status, error.code], expected, `${path} ${authCode}`);
    assert.doesNotMatch(JSON.stringify(error), /Auth's own words/);
    if (status === 429) assert.equal(response.headers.get("retry-after"), "17");
  }
});

Deno.test("sign-up asks once more when Auth could not save the account", async () => {
  for (const [first, second, expected] of [
    ["unexpected_failure", refusal(422, "user_already_exists"), [409, "EMAIL_EXISTS"]],
    ["23505", refusal(422, "user_already_exists"), [409, "EMAIL_EXISTS"]],
    ["unexpected_failure", refusal(500, "unexpected_failure"), [500, "INTERNAL_ERROR"]],
    ["unexpected_failure", refusal(429, "over_request_rate_limit"), [500, "INTERNAL_ERROR"]],
  ] as const) {
    const answers = [refusal(500, first), second];
    const { post, asked } = withAuth(() => answers.shift() ?? assert.fail("asked a third time"));
    const response = await post("/auth/signup", account);
    const { error } = await response.json();
    assert.deepEqual([response.status, error.code], expected);
    assert.equal(asked.length, 2);
  }
});

Deno.test("an unreachable Auth is 503", async () => {
  const { post } = withAuth(() => Promise.reject(new TypeError("connection refused")));
  const response = await post("/auth/login", { email: account.email, password: "x" });
  assert.equal(response.status, 503);
  assert.ok(response.headers.get("retry-after"));
});

Deno.test("only a wrong password counts as failed sign-in, and a blocked sign-in does not reach Auth", async () => {
  const noted: string[] = [];
  const login = async (code: string, wait: number | null) => {
    const surface = withAuth(() => refusal(400, code));
    Object.assign(surface.database, {
      signInWait: async () => wait,
      noteSignInFailure: async (email: string, address: string) => {
        noted.push(`${email} ${address}`);
      },
    });
    const body = { email: account.email, password: "x" };
    return { response: await surface.post("/auth/login", body), asked: surface.asked.length };
  };
  await login("invalid_credentials", null);
  await login("user_banned", null);
  assert.deepEqual(noted, ["ada@example.com 203.0.113.7"]);

  const { response, asked } = await login("invalid_credentials", 42);
  assert.deepEqual([response.status, response.headers.get("retry-after"), asked], [429, "42", 0]);
});
