import { afterAll, describe, expect, test } from "vitest";
import { visitor } from "../sdk/support.ts";
import { password, someEmail } from "../world/people.ts";
import { openDatabase } from "../world/stack.ts";
import { anotherSession, Caller, invalid, person, refusal, refused } from "./support.ts";

const sql = openDatabase(2);

afterAll(() => sql.end());

const account = (fields: object = {}) => ({
  email: someEmail(),
  password,
  name: "Ada Byron",
  userType: "talent",
  ...fields,
});

/** The claims of an access token. */
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

describe("signing up", () => {
  test("returns 201 with the account and tokens that work at once", async () => {
    const caller = new Caller();
    const given = account({ email: `  ${someEmail().toUpperCase()} `, name: "  Ada  Byron " });
    const { status, body, headers } = await caller.post("/auth/signup", given);
    expect(status).toBe(201);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    const email = given.email.trim().toLowerCase();
    expect(body.user).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email,
      name: "Ada  Byron",
      userType: "talent",
    });
    expect(claimsOf(body.accessToken)).toMatchObject({
      userId: body.user.id,
      email,
      userType: "talent",
    });
    const { exp, iat } = claimsOf(body.accessToken);
    expect(exp - iat).toBe(900);

    caller.token = body.accessToken;
    expect((await caller.get("/users/me")).body).toMatchObject({ email, emailVerified: false });
  });

  test("accepts a company of a creator", async () => {
    const caller = new Caller();
    const given = account({ userType: "creator", companyName: "Acme Inc" });
    caller.token = (await caller.post("/auth/signup", given)).body.accessToken;
    expect((await caller.get("/users/me")).body).toMatchObject({
      companyName: "Acme Inc",
      userType: "creator",
    });
  });

  test("accepts an email address once, whatever its case", async () => {
    const caller = new Caller();
    const first = account();
    await caller.post("/auth/signup", first);
    const second = await caller.post("/auth/signup", account({ email: first.email.toUpperCase() }));
    expect(refusal(second)).toEqual(refused(409, "EMAIL_EXISTS"));
  });

  /** Two sign-ups at once: Auth finds the address free for both, and this one saves its account second. */
  async function second<T>(signUp: (email: string) => PromiseLike<T>): Promise<T> {
    const email = someEmail();
    const first = await sql.reserve();
    try {
      const [self] = await first`select pg_backend_pid() as pid`;
      const blocked = () => sql`
        select from pg_stat_activity where ${self?.pid}::int = any (pg_blocking_pids(pid))`;
      await first`begin`;
      await first`
        insert into auth.users (id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data)
        values (
          gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated', ${email},
          '{"provider": "email"}', '{"name": "Ada", "userType": "talent"}'
        )`;
      const waiting = Promise.resolve(signUp(email));
      await expect.poll(async () => (await blocked()).length).toBe(1);
      await first`commit`;
      return await waiting;
    } finally {
      await first`rollback`;
      first.release();
    }
  }

  test("refuses the second of two sign-ups at once with one address", async () => {
    const reply = await second((email) => new Caller().post("/auth/signup", account({ email })));
    expect(refusal(reply)).toEqual(refused(409, "EMAIL_EXISTS"));
    const { error } = await second((email) =>
      visitor().auth.signUp({ email, password, name: "Ada", userType: "talent" }),
    );
    expect([error?.status, error?.code]).toEqual([409, "EMAIL_EXISTS"]);
  });

  test.each([
    ["nothing at all", {}, ["email", "password", "name", "userType"]],
    ["a malformed address", account({ email: "not-an-email" }), ["email"]],
    ["another type", account({ userType: "admin" }), ["userType"]],
    ["a blank name", account({ name: "   " }), ["name"]],
    ["a long name", account({ name: "x".repeat(256) }), ["name"]],
    ["a company of a talent", account({ companyName: "Acme" }), ["companyName"]],
    ["unknown fields", account({ role: "admin", isAdmin: true }), ["role", "isAdmin"]],
    ["wrong types", account({ name: 7, email: null }), ["name", "email"]],
    [
      "a bad address and a weak password",
      account({ email: "@", password: "x" }),
      ["email", "password"],
    ],
    ["a password bcrypt cannot hold", account({ password: `Aa1!${"x".repeat(70)}` }), ["password"]],
  ])("refuses %s", async (_what, body, fields) => {
    expect(refusal(await new Caller().post("/auth/signup", body))).toEqual(invalid(...fields));
  });

  test.each(["Short1!", "nouppercase1!", "NOLOWERCASE1!", "NoNumber!!", "NoSpecial11"])(
    "the password %s is too weak",
    async (weak) => {
      const reply = await new Caller().post("/auth/signup", account({ password: weak }));
      expect(refusal(reply)).toEqual(refused(400, "WEAK_PASSWORD", "password"));
    },
  );

  test("stores names as typed", async () => {
    const name = "<b>O'Brien</b> & Søn 🎬";
    const { body } = await new Caller().post("/auth/signup", account({ name }));
    expect(body.user.name).toBe(name);
  });
});

describe("signing in", () => {
  test("returns 200 with the account and tokens", async () => {
    const { id, email } = await person("creator", "Cleo");
    const { status, body } = await new Caller().post("/auth/login", {
      email: email.toUpperCase(),
      password,
    });
    expect(status).toBe(200);
    expect(body.user).toEqual({ id, email, name: "Cleo", userType: "creator" });
    expect(claimsOf(body.accessToken).userId).toBe(id);
  });

  test("shows its device and address in the list of sessions", async () => {
    const { email } = await person("talent");
    const caller = new Caller();
    const phone = "Mozilla/5.0 (Phone)";
    const signedIn = await caller.send("POST", "/auth/login", {
      body: { email, password },
      headers: { "user-agent": phone },
    });
    caller.token = signedIn.body.accessToken;
    const { sessions } = (await caller.get("/auth/sessions")).body;
    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toMatchObject({
      userAgent: phone,
      ipAddress: caller.address,
      current: true,
    });
    const { events } = (await caller.get("/auth/security-log")).body;
    expect(events[0]).toMatchObject({ type: "signed_in", newDevice: true, userAgent: phone });
  });

  test("gives the same refusal for a wrong password and an unknown address", async () => {
    const { email } = await person("talent");
    const wrong = await new Caller().post("/auth/login", { email, password: "Wrong-1234" });
    const unknown = await new Caller().post("/auth/login", { email: someEmail(), password });
    expect(refusal(wrong)).toEqual(refused(401, "INVALID_CREDENTIALS"));
    expect(unknown.body).toEqual(wrong.body);
  });

  test("refuses invalid fields", async () => {
    const caller = new Caller();
    expect(refusal(await caller.post("/auth/login", {}))).toEqual(invalid("email", "password"));
    const extra = { email: someEmail(), password, otp: "1" };
    expect(refusal(await caller.post("/auth/login", extra))).toEqual(invalid("otp"));
  });

  test("blocks an account after 5 failures, even for the right password", async () => {
    const { email } = await person("talent");
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const reply = await new Caller().post("/auth/login", { email, password: "Wrong-1234" });
      expect(reply.status).toBe(401);
    }
    const reply = await new Caller().post("/auth/login", { email, password });
    expect(refusal(reply)).toEqual(refused(429, "RATE_LIMITED"));
    const wait = Number(reply.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(14 * 60);
    expect(wait).toBeLessThanOrEqual(15 * 60);
  });

  test("blocks an IP address after 5 failures, and not the accounts", async () => {
    const { email } = await person("talent");
    const caller = new Caller();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await caller.post("/auth/login", { email: someEmail(), password: "Wrong-1234" });
    }
    expect((await caller.post("/auth/login", { email, password })).status).toBe(429);
    expect((await new Caller().post("/auth/login", { email, password })).status).toBe(200);
  });
});

describe("refreshing a session", () => {
  test("returns new tokens and invalidates the old refresh token", async () => {
    const caller = await person("talent");
    const { status, body } = await caller.post("/auth/refresh", {
      refreshToken: caller.refreshToken,
    });
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(["accessToken", "refreshToken"]);
    expect(body.refreshToken).not.toBe(caller.refreshToken);
    caller.token = body.accessToken;
    expect((await caller.get("/users/me")).status).toBe(200);
  });

  test.each([
    ["unknown", "nonsense"],
    ["empty", ""],
    ["blank", "  "],
    ["long", "x".repeat(5000)],
    ["in another script", "токен 🎬"],
    ["like a JWT", "a.b.c"],
  ])("returns 401 for a token that is %s", async (_what, refreshToken) => {
    const reply = await new Caller().post("/auth/refresh", { refreshToken });
    expect(refusal(reply)).toEqual(refused(401, "INVALID_REFRESH_TOKEN"));
    const { error } = await visitor().auth.refresh({ refreshToken });
    expect([error?.status, error?.code]).toEqual([401, "INVALID_REFRESH_TOKEN"]);
  });

  test("requires a token", async () => {
    expect(refusal(await new Caller().post("/auth/refresh", {}))).toEqual(invalid("refreshToken"));
  });
});

describe("signing out", () => {
  test("ends this session at once and no other", async () => {
    const first = await person("talent");
    const second = await anotherSession(first);
    const reply = await first.post("/auth/logout");
    expect(reply.status).toBe(204);
    expect(reply.body).toBeUndefined();

    expect(refusal(await first.get("/users/me"))).toEqual(refused(401, "SESSION_REVOKED"));
    expect(refusal(await first.post("/auth/logout"))).toEqual(refused(401, "SESSION_REVOKED"));
    const { refreshToken } = first;
    expect(refusal(await first.post("/auth/refresh", { refreshToken }))).toEqual(
      refused(401, "INVALID_REFRESH_TOKEN"),
    );
    expect((await second.get("/users/me")).status).toBe(200);
  });

  test("can end all other sessions, or all sessions", async () => {
    const first = await person("talent");
    const second = await anotherSession(first);
    const third = await anotherSession(first);
    expect((await second.post("/auth/logout?scope=others")).status).toBe(204);
    expect((await second.get("/users/me")).status).toBe(200);
    for (const other of [first, third]) {
      expect(refusal(await other.get("/users/me"))).toEqual(refused(401, "SESSION_REVOKED"));
    }
    const fourth = await anotherSession(first);
    expect((await fourth.post("/auth/logout?scope=global")).status).toBe(204);
    expect((await second.get("/users/me")).status).toBe(401);
    expect(refusal(await fourth.post("/auth/logout?scope=everything"))).toEqual(invalid("scope"));
  });

  test("requires a token", async () => {
    expect(refusal(await new Caller().post("/auth/logout"))).toEqual(
      refused(401, "NOT_AUTHENTICATED"),
    );
  });
});
