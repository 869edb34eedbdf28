/** Rate limits per client address and for emails. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Limits } from "../../src/auth/limits.ts";
import { type AuthService, AuthWorld, password, randomEmail } from "./world.ts";

describe("Limits", () => {
  let now = 0;
  const limits = new Limits(() => now);
  const isAllowed = (address: string, kind = "signup", size = 5): boolean => {
    try {
      limits.take(kind, address, size);
      return true;
    } catch {
      return false;
    }
  };
  const minute = 60_000;

  test("allows the configured number of requests per address and kind", () => {
    expect(Array.from({ length: 7 }, () => isAllowed("a"))).toEqual([
      ...Array(5).fill(true),
      false,
      false,
    ]);
    expect(isAllowed("b")).toBe(true);
    expect(isAllowed("a", "verify")).toBe(true);
  });

  test("refills evenly within five minutes", () => {
    now += minute;
    expect([isAllowed("a"), isAllowed("a")]).toEqual([true, false]);
    now += 60 * minute;
    expect(Array.from({ length: 6 }, () => isAllowed("a"))).toEqual([
      ...Array(5).fill(true),
      false,
    ]);
  });

  test("counts emails in one bucket that refills within an hour", () => {
    limits.takeMail(2);
    limits.takeMail(2);
    expect(() => limits.takeMail(2)).toThrow("email rate limit exceeded");
    now += 30 * minute;
    limits.takeMail(2);
    expect(() => limits.takeMail(2)).toThrow();
  });
});

describe("Auth", () => {
  let world: AuthWorld;
  let service: AuthService;

  beforeAll(async () => {
    world = await AuthWorld.start();
    service = await world.service(`
[auth.rate_limit]
sign_in_sign_ups = 3
token_refresh = 4
token_verifications = 2
`);
  });

  afterAll(() => world.stop());

  const tooMany = {
    status: 429,
    json: { code: "over_request_rate_limit", message: "Request rate limit reached" },
  };

  test.each([
    ["POST", "/signup", { email: "nobody", password }, 3],
    ["POST", "/recover", { email: "nobody@example.com" }, 3],
    ["POST", "/resend", { type: "signup", email: "nobody@example.com" }, 3],
    ["POST", "/otp", { email: "nobody@example.com", create_user: false }, 3],
    ["POST", "/token?grant_type=password", { email: "nobody@example.com", password }, 4],
    ["POST", "/token?grant_type=refresh_token", { refresh_token: "nobody" }, 4],
    ["POST", "/verify", { type: "recovery", token_hash: "x" }, 2],
  ])("limits %s %s per address", async (method, path, body, size) => {
    const ip = `192.0.2.${path.length}`;
    for (let i = 0; i < size; i += 1) {
      expect((await service.call(method, path, { body, ip })).status).not.toBe(429);
    }
    expect(await service.call(method, path, { body, ip })).toMatchObject(tooMany);
    expect((await service.call(method, path, { body, ip: "192.0.2.200" })).status).not.toBe(429);
  });

  test("limits followed links and account changes, and redirects links to the app with the error", async () => {
    const { access_token } = await service.newUser();
    const ip = "198.51.100.7";
    const put = () => service.call("PUT", "/user", { bearer: access_token, body: {}, ip });
    const follow = () => service.call("GET", "/verify?type=signup&token=x", { ip });
    expect([(await put()).status, (await put()).status, (await put()).status]).toEqual([
      200, 200, 200,
    ]);
    expect(await put()).toMatchObject(tooMany);
    await follow();
    await follow();
    const last = await follow();
    expect(last.status).toBe(303);
    expect(last.headers.get("location")).toContain("error_code=over_request_rate_limit");
  });

  test("allows many sign-ups when each has its own client address", async () => {
    const open = await world.service();
    for (let i = 0; i < 40; i += 1) await open.newUser();
  });

  test("limits emails only if the project has its own mail server", async () => {
    const limit = "[auth.rate_limit]\nemail_sent = 2\n";
    const own = await world.service(`${limit}[auth.email.smtp]\nenabled = true`);
    const captured = await world.service(limit);
    const people = await Promise.all([1, 2, 3].map(() => captured.newUser()));
    const recover = async (on: AuthService) => {
      const statuses = [];
      for (const { email } of people) statuses.push((await on.post("/recover", { email })).status);
      return statuses;
    };
    expect(await recover(own)).toEqual([200, 200, 429]);
    const [, , last] = people;
    expect(await own.post("/recover", { email: last?.email })).toMatchObject({
      status: 429,
      json: { code: "over_email_send_rate_limit" },
    });
    await world.sql`update auth.users set recovery_sent_at = null`;
    expect(await recover(captured)).toEqual([200, 200, 200]);
  });

  test("limits emails to one user by max_frequency", async () => {
    const slow = await world.service('[auth.email]\nmax_frequency = "1m30s"');
    const { email, user } = await slow.newUser();
    const age = (seconds: number) => world.sql`
      update auth.users set recovery_sent_at = now() - make_interval(secs => ${seconds})
      where id = ${user.id}`;
    expect((await slow.post("/recover", { email })).status).toBe(200);
    await age(60);
    const soon = await slow.post("/recover", { email });
    expect(soon).toMatchObject({ status: 429, json: { code: "over_email_send_rate_limit" } });
    expect(soon.json.message).toBe(
      "For security purposes, you can only request this after 30 seconds.",
    );
    await age(91);
    expect((await slow.post("/recover", { email })).status).toBe(200);
    expect(await slow.post("/recover", { email: randomEmail() })).toMatchObject({ status: 200 });
  });
});
