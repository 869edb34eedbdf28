/** Creating accounts: with and without confirmation, by invitation or link, and what triggers observe. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/http.ts";
import { type Answer, type AuthService, AuthWorld, password, randomEmail } from "./world.ts";

let world: AuthWorld;
let sql: Sql;
let autoConfirm: AuthService;
let confirmed: AuthService;

beforeAll(async () => {
  world = await AuthWorld.start();
  sql = world.sql;
  autoConfirm = await world.service();
  confirmed = await world.service(`
[auth.email]
enable_confirmations = true
`);
});

afterAll(() => world.stop());

describe("sign-up without confirmation", () => {
  test("returns a session and a confirmed account", async () => {
    const email = randomEmail();
    const { status, json } = await autoConfirm.post("/signup", {
      email: email.toUpperCase(),
      password,
      data: { name: "Ada", sub: "another user" },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ token_type: "bearer", expires_in: 3600 });
    expect(json.expires_at).toBeGreaterThan(Date.now() / 1000 + 3500);
    expect(json.refresh_token).toMatch(/^[a-z0-9]{12}$/);
    const { user } = json;
    expect(user).toMatchObject({ email, role: "authenticated", aud: "authenticated" });
    expect(user.user_metadata).toEqual({
      name: "Ada",
      sub: user.id,
      email,
      email_verified: true,
      phone_verified: false,
    });
    expect(user.identities).toHaveLength(1);
    expect(user).not.toHaveProperty("encrypted_password");
    expect(await world.mailsTo(email)).toEqual([]);
  });

  test("accepts the addresses that HTML's email input accepts, and no others", async () => {
    const own = `${Date.now()}`;
    const valid = [
      `${own}@localhost`,
      `${own}.o'brien+c@sub.example.co.uk`,
      `a..${own}@example.com`,
      `.${own}.@1.2.3.4`,
      `a!#$%&*+/=?^_\`{|}~-${own}@example.com`,
      `${own}@xn--bcher-kva.example`,
      `${own}@${"b".repeat(63)}.com`,
      `${own}${"a".repeat(243 - own.length)}@example.com`,
    ];
    for (const email of valid) {
      expect((await autoConfirm.post("/signup", { email, password })).status, email).toBe(200);
    }
    const invalid = [
      ...["ada", "@example.com", "ada@", "a@b@example.com", "a b@example.com", " ada@example.com"],
      ...["a@-b.com", "a@b-.com", "a@b..com", "a@example.com.", '"a b"@example.com', "a@[1.2.3.4]"],
      ...["äda@example.com", "ada@exämple.com", "ad\u202ea@example.com", "ad\u200ba@example.com"],
      ...["a\nb@example.com", `a@${"b".repeat(64)}.com`, `${"a".repeat(244)}@example.com`],
      "ada@e\u212aample.com",
    ];
    for (const email of invalid) {
      const { status, json } = await autoConfirm.post("/signup", { email, password });
      expect([status, json.code], email).toEqual([400, "validation_failed"]);
    }
  });

  test("rejects an address that has an account, confirmed or not", async () => {
    const { email } = await autoConfirm.newUser();
    const taken = {
      status: 422,
      json: { code: "user_already_exists", message: "User already registered" },
    };
    expect(await autoConfirm.post("/signup", { email, password })).toMatchObject(taken);
    const unconfirmed = (await confirmed.newUser()).email;
    expect(await autoConfirm.post("/signup", { email: unconfirmed, password })).toMatchObject(
      taken,
    );
  });

  test("creates one account for ten concurrent requests with the same address", async () => {
    const email = randomEmail();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => autoConfirm.post("/signup", { email, password })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const codes = answers.flatMap(({ status, json }) => (status === 200 ? [] : json.code));
    expect(["user_already_exists", "unexpected_failure"]).toEqual(expect.arrayContaining(codes));
    const [{ count } = { count: 0 }] = await sql`
      select count(*)::int from auth.users where email = ${email}`;
    expect(count).toBe(1);
  });

  /** Two requests at once: both find the address free, and this one saves its account second. */
  async function second(answer: (email: string) => Promise<Answer>): Promise<Answer> {
    const email = randomEmail();
    const waiting = await world.database.as("supabase_auth_admin").begin(async (first) => {
      const [self] = await first`select pg_backend_pid() as pid`;
      await first`insert into auth.users (id, email) values (gen_random_uuid(), ${email})`;
      const answered = answer(email);
      await until("the second waits for the first", async () => {
        const rows = await sql`
          select from pg_stat_activity where ${self?.pid}::int = any (pg_blocking_pids(pid))`;
        return rows.length === 1;
      });
      return { answered };
    });
    return waiting.answered;
  }

  const old = { headers: { "x-supabase-api-version": "" } };
  const duplicate = {
    status: 500,
    json: { code: "23505", message: expect.stringContaining("users_email_partial_key") },
  };
  const unexpected = (message: string) => ({
    status: 500,
    json: { code: "unexpected_failure", message },
  });

  test("does not save the second of two concurrent requests, in the words of its API version", async () => {
    const signUp = (call?: object) =>
      second((email) => autoConfirm.post("/signup", { email, password }, call));
    expect(await signUp()).toMatchObject(unexpected("Database error saving new user"));
    expect(await signUp(old)).toMatchObject(duplicate);
  });

  test("an admin's request that comes second is not saved either", async () => {
    const bearer = autoConfirm.settings.keys.serviceRoleJwt;
    const create = (call: object = {}) =>
      second((email) => autoConfirm.post("/admin/users", { email, password }, { bearer, ...call }));
    expect(await create()).toMatchObject(unexpected("Database error creating new user"));
    expect(await create(old)).toMatchObject(duplicate);
  });
});

describe("sign-up with confirmation", () => {
  test("returns no session before the address is confirmed", async () => {
    const email = randomEmail();
    const { status, json } = await confirmed.post("/signup", { email, password });
    expect(status).toBe(200);
    expect(json).not.toHaveProperty("access_token");
    expect(json).toMatchObject({ email, confirmation_sent_at: expect.any(String) });
    expect(json).not.toHaveProperty("email_confirmed_at");
    expect(json.identities).toHaveLength(1);
    expect((await confirmed.signIn(email)).json).toEqual({
      code: "email_not_confirmed",
      message: "Email not confirmed",
    });

    const { code, link } = await world.mailedToken(email);
    expect(code).toMatch(/^\d{6}$/);
    expect(link.searchParams.get("type")).toBe("signup");
    const proven = await confirmed.post("/verify", { type: "signup", email, token: code });
    expect(proven.json).toMatchObject({
      access_token: expect.any(String),
      user: { email_confirmed_at: expect.any(String), user_metadata: { email_verified: true } },
    });
    expect((await confirmed.signIn(email)).status).toBe(200);
  });

  test("does not reveal that an address has an account", async () => {
    const { email } = await autoConfirm.newUser();
    const before = await sql`select * from auth.users where email = ${email}`;
    const { status, json } = await confirmed.post("/signup", {
      email,
      password: "Other-horse-9!",
      data: { name: "Eve" },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ email, identities: [], user_metadata: { name: "Eve" }, role: "" });
    expect(json.id).not.toBe(before[0]?.id);
    expect(json).not.toHaveProperty("last_sign_in_at");
    expect(await sql`select * from auth.users where email = ${email}`).toEqual(before);
    expect(await world.mailsTo(email)).toEqual([]);
  });

  test("sends the email again to an unconfirmed address, but not within a second", async () => {
    const email = randomEmail();
    const first = await confirmed.post("/signup", { email, password });
    const soon = await confirmed.post("/signup", { email, password });
    expect(soon).toMatchObject({ status: 429, json: { code: "over_email_send_rate_limit" } });
    expect(soon.json.message).toMatch(/only request this after \d+ second/);
    await sql`update auth.users set confirmation_sent_at = now() - interval '1 minute' where email = ${email}`;
    const again = await confirmed.post("/signup", { email, password: "Other-horse-9!" });
    expect(again).toMatchObject({ status: 200, json: { id: first.json.id } });
    expect(await world.mailsTo(email)).toHaveLength(2);
    // The first password stays, because the second request did not prove who sent it.
    const { code } = await world.mailedToken(email);
    await confirmed.post("/verify", { type: "email", email, token: code });
    expect((await confirmed.signIn(email)).status).toBe(200);
  });

  test("resends the email on request, and responds the same for unknown addresses", async () => {
    const { email } = await confirmed.newUser();
    expect((await confirmed.post("/resend", { type: "signup", email })).status).toBe(429);
    await sql`update auth.users set confirmation_sent_at = now() - interval '1 minute' where email = ${email}`;
    expect((await confirmed.post("/resend", { type: "signup", email })).status).toBe(200);
    expect(await world.mailsTo(email)).toHaveLength(2);
    const unknown = await confirmed.post("/resend", { type: "signup", email: randomEmail() });
    expect(unknown).toMatchObject({ status: 200, json: {} });
    const wrong = await confirmed.post("/resend", { type: "sms", email });
    expect(wrong).toMatchObject({ status: 400, json: { code: "validation_failed" } });
  });
});

describe("a rejected sign-up", () => {
  test.each([
    ["a request without a password", { email: randomEmail() }, 400, "validation_failed"],
    ["a request without an address", { password }, 422, "anonymous_provider_disabled"],
    ["an invalid address", { email: "nobody@", password }, 400, "validation_failed"],
    ["a phone number", { phone: "123456789", password }, 422, "phone_provider_disabled"],
    [
      "data that is not an object",
      { email: randomEmail(), password, data: [] },
      400,
      "validation_failed",
    ],
    ["a body that is not an object", "[]", 400, "bad_json"],
    [
      "a challenge without a method",
      { email: randomEmail(), password, code_challenge: "x" },
      400,
      "validation_failed",
    ],
  ])("rejects %s", async (_what, body, status, code) => {
    expect(await autoConfirm.post("/signup", body)).toMatchObject({ status, json: { code } });
  });

  test("rejects every sign-up when the project disables sign-ups", async () => {
    const closed = await world.service("[auth]\nenable_signup = false");
    const answer = await closed.post("/signup", { email: randomEmail(), password });
    expect(answer).toMatchObject({ status: 422, json: { code: "signup_disabled" } });
    expect((await closed.post("/otp", { email: randomEmail() })).json.code).toBe("signup_disabled");
  });

  test("rejects sign-ups and sign-ins when the email provider is disabled", async () => {
    const { email } = await autoConfirm.newUser();
    const without = await world.service("[auth.email]\nenabled = false");
    const up = await without.post("/signup", { email: randomEmail(), password });
    expect(up).toMatchObject({ status: 422, json: { code: "email_provider_disabled" } });
    const inside = await without.signIn(email);
    expect(inside).toMatchObject({ status: 422, json: { code: "email_provider_disabled" } });
    expect((await without.call("GET", "/settings")).json.external.email).toBe(false);
  });
});

describe("password rules", () => {
  const rule = (name: string) =>
    world.service(`[auth]\nminimum_password_length = 10\npassword_requirements = "${name}"`);

  test.each([
    ["letters_digits", "abcdefghij", ["characters"]],
    ["letters_digits", "abcdefghi1", undefined],
    ["lower_upper_letters_digits", "abcdefghi1", ["characters"]],
    ["lower_upper_letters_digits", "abcdefghI1", undefined],
    ["lower_upper_letters_digits_symbols", "abcdefghI1", ["characters"]],
    ["lower_upper_letters_digits_symbols", "abcdefgh I1", ["characters"]],
    ["lower_upper_letters_digits_symbols", "abcdefg-I1", undefined],
    ["lower_upper_letters_digits_symbols", "abc", ["length", "characters"]],
  ])("applies the rule %s to the password %j", async (name, candidate, reasons) => {
    const service = await rule(name);
    const answer = await service.post("/signup", { email: randomEmail(), password: candidate });
    if (reasons === undefined) expect(answer.status).toBe(200);
    else {
      expect(answer).toMatchObject({
        status: 422,
        json: { code: "weak_password", message: expect.any(String), weak_password: { reasons } },
      });
    }
  });

  test("rejects a password longer than 72 bytes", async () => {
    const body = { email: randomEmail(), password: "x".repeat(73) };
    expect(await autoConfirm.post("/signup", body)).toMatchObject({
      status: 400,
      json: { code: "validation_failed" },
    });
    expect((await autoConfirm.post("/signup", { ...body, password: "x".repeat(72) })).status).toBe(
      200,
    );
  });

  test("stores the password as a bcrypt hash with cost 10", async () => {
    const { user } = await autoConfirm.newUser();
    const [row] =
      await sql`select encrypted_password as hash from auth.users where id = ${user.id}`;
    expect(row?.hash).toMatch(/^\$2[aby]\$10\$/);
  });

  test("signs in with a password older than the rules, and reports its weakness", async () => {
    const { email } = await autoConfirm.newUser();
    const strict = await world.service("[auth]\nminimum_password_length = 40");
    const { status, json } = await strict.signIn(email);
    expect(status).toBe(200);
    expect(json.weak_password).toEqual({ message: expect.any(String), reasons: ["length"] });
    expect((await autoConfirm.signIn(email)).json).not.toHaveProperty("weak_password");
  });
});

describe("triggers on auth.users", () => {
  beforeAll(async () => {
    await sql`create table public.seen (id bigint generated always as identity, moment text, row jsonb)`;
    await sql`
      create function public.note_user() returns trigger language plpgsql security definer
      set search_path = '' as $$
      begin
        if new.raw_user_meta_data ->> 'mood' = 'bad' then
          raise exception 'only nice people' using errcode = 'PT418', hint = 'BAD_MOOD';
        end if;
        insert into public.seen (moment, row) values (tg_op, to_jsonb(new) || jsonb_build_object(
          'identities', (select count(*) from auth.identities as i where i.user_id = new.id)
        ));
        return new;
      end $$`;
    await sql`
      create trigger note after insert or update on auth.users
      for each row execute function public.note_user()`;
  });

  afterAll(() => world.database.as("supabase_admin")`drop trigger note on auth.users`);

  const seenOf = async (id: string) =>
    (await sql`select moment, row from public.seen where row ->> 'id' = ${id} order by id`).map(
      ({ moment, row }) => ({ moment, ...row }),
    );

  test("see first the bare row, then everything else as updates", async () => {
    const { user } = await autoConfirm.newUser({ name: "Ada" });
    const [inserted, ...updates] = await seenOf(user.id);
    expect(inserted).toMatchObject({
      moment: "INSERT",
      aud: "authenticated",
      role: "",
      raw_user_meta_data: { name: "Ada" },
      raw_app_meta_data: { provider: "email", providers: ["email"] },
      email_confirmed_at: null,
      last_sign_in_at: null,
      identities: 0,
    });
    expect(inserted?.raw_user_meta_data).toEqual({ name: "Ada" });
    expect(updates.every(({ moment }) => moment === "UPDATE")).toBe(true);
    const first = (holds: (row: Record<string, unknown>) => boolean) => updates.findIndex(holds);
    const order = [
      first(({ role }) => role === "authenticated"),
      first(({ identities }) => identities === 1),
      first(({ email_confirmed_at }) => email_confirmed_at !== null),
      first(({ last_sign_in_at }) => last_sign_in_at !== null),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test("see the fields that only admins set as updates", async () => {
    const { data } = await autoConfirm.admin().auth.admin.createUser({
      email: randomEmail(),
      password,
      email_confirm: true,
      user_metadata: { name: "Ada" },
      app_metadata: { plan: "gold" },
      role: "editor",
    });
    const [inserted, ...updates] = await seenOf(data.user?.id ?? "");
    expect(inserted).toMatchObject({
      role: "",
      email_confirmed_at: null,
      raw_user_meta_data: { name: "Ada" },
      raw_app_meta_data: { provider: "email", providers: ["email"] },
    });
    expect(updates.at(-1)).toMatchObject({
      role: "editor",
      raw_app_meta_data: { provider: "email", providers: ["email"], plan: "gold" },
      email_confirmed_at: expect.any(String),
    });
  });

  test("reject the sign-up when they raise, without revealing the reason", async () => {
    const email = randomEmail();
    const answer = await autoConfirm.post("/signup", { email, password, data: { mood: "bad" } });
    expect(answer).toMatchObject({
      status: 500,
      json: { code: "unexpected_failure", message: "Database error saving new user" },
    });
    expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0);
    // The log has the reason.
    expect(autoConfirm.logged.join("")).toContain("only nice people");
    expect(autoConfirm.logged.join("")).not.toContain(password);
  });

  test("pass their status, code, words and hint to callers of the older API version", async () => {
    const refusal = {
      status: 418,
      json: { code: "PT418", message: "only nice people", hint: "BAD_MOOD" },
    };
    const older = { headers: { "x-supabase-api-version": "" } };
    const body = { email: randomEmail(), password, data: { mood: "bad" } };
    expect(await autoConfirm.post("/signup", body, older)).toMatchObject(refusal);
  });

  test("refuse an admin's account", async () => {
    const bearer = autoConfirm.settings.keys.serviceRoleJwt;
    const body = { email: randomEmail(), password, user_metadata: { mood: "bad" } };
    const create = (headers: Readonly<Record<string, string>>) =>
      autoConfirm.post("/admin/users", body, { bearer, headers });
    expect(await create({})).toMatchObject({
      status: 500,
      json: { code: "unexpected_failure", message: "Database error creating new user" },
    });
    const older = await create({ "x-supabase-api-version": "" });
    expect([older.status, older.json.code]).toEqual([418, "PT418"]);
    expect(await sql`select from auth.users where email = ${body.email}`).toHaveLength(0);
  });
});

describe("sign-in without a password", () => {
  const ago = (column: string, email: string) =>
    sql`update auth.users set ${sql(column)} = now() - interval '1 minute' where email = ${email}`;

  test("creates an account and signs it in with a magic link", async () => {
    const email = randomEmail();
    const client = autoConfirm.client();
    const { error } = await client.auth.signInWithOtp({
      email,
      options: { data: { name: "Ada" } },
    });
    expect(error).toBeNull();
    const { code, link } = await world.mailedToken(email);
    expect(link.searchParams.get("type")).toBe("magiclink");
    const { data } = await client.auth.verifyOtp({ email, token: code, type: "email" });
    expect(data.user).toMatchObject({ email, user_metadata: { name: "Ada" } });
    await ago("recovery_sent_at", email);
    expect((await client.auth.signInWithOtp({ email })).error).toBeNull();
    const { hash } = await world.mailedToken(email);
    const again = await client.auth.verifyOtp({ token_hash: hash, type: "magiclink" });
    expect(again.data.user?.id).toBe(data.user?.id);
  });

  test("rejects an unknown address when shouldCreateUser is false", async () => {
    const { error } = await autoConfirm
      .client()
      .auth.signInWithOtp({ email: randomEmail(), options: { shouldCreateUser: false } });
    expect(error).toMatchObject({ status: 422, code: "otp_disabled" });
  });

  test("confirms the address and signs in with the same code when confirmations are enabled", async () => {
    const email = randomEmail();
    await confirmed.post("/otp", { email });
    const { code, link } = await world.mailedToken(email);
    expect(link.searchParams.get("type")).toBe("signup");
    const { json } = await confirmed.post("/verify", { type: "email", email, token: code });
    expect(json.user).toMatchObject({ email, email_confirmed_at: expect.any(String) });
  });

  test("signs in an invited user who follows the link", async () => {
    const email = randomEmail();
    const { data, error } = await autoConfirm.admin().auth.admin.inviteUserByEmail(email, {
      data: { team: "red" },
    });
    expect(error).toBeNull();
    expect(data.user).toMatchObject({ email, invited_at: expect.any(String) });
    expect((await autoConfirm.signIn(email)).json.code).toBe("invalid_credentials");
    const { hash } = await world.mailedToken(email);
    const { json } = await autoConfirm.post("/verify", { type: "invite", token_hash: hash });
    expect(json.user).toMatchObject({ email, user_metadata: { team: "red" } });
    const taken = await autoConfirm.admin().auth.admin.inviteUserByEmail(email);
    expect(taken.error).toMatchObject({ status: 422, code: "email_exists" });
    const stranger = await autoConfirm.client().auth.admin.inviteUserByEmail(randomEmail());
    expect(stranger.error).toMatchObject({ status: 403, code: "not_admin" });
  });
});
