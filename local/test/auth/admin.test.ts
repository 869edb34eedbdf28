/** The admin API, which requires the secret key. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuthService, AuthWorld, password, randomEmail } from "./world.ts";

let world: AuthWorld;
let sql: Sql;
let service: AuthService;
let bearer: string;

beforeAll(async () => {
  world = await AuthWorld.start();
  sql = world.sql;
  service = await world.service("[auth]\nminimum_password_length = 8");
  bearer = service.settings.keys.serviceRoleJwt;
});

afterAll(() => world.stop());

const refused = (status: number, code: string) => ({ status, json: { code } });
const admin = (method: string, path: string, body?: unknown) =>
  service.call(method, `/admin${path}`, { bearer, ...(body === undefined ? {} : { body }) });
const create = (fields: object = {}) =>
  admin("POST", "/users", { email: randomEmail(), password, email_confirm: true, ...fields });

test("rejects requests without the service role", async () => {
  const { access_token, user } = await service.newUser();
  for (const other of [access_token, service.settings.keys.anonJwt]) {
    for (const [method, path] of [
      ["GET", "/admin/users"],
      ["DELETE", `/admin/users/${user.id}`],
      ["POST", "/admin/generate_link"],
      ["POST", "/invite"],
    ] as const) {
      expect(await service.call(method, path, { bearer: other })).toMatchObject(
        refused(403, "not_admin"),
      );
    }
  }
  expect(await service.call("GET", "/admin/users")).toMatchObject(refused(401, "no_authorization"));
});

describe("creating a user", () => {
  test("sets every field of an account", async () => {
    const id = crypto.randomUUID();
    const email = randomEmail();
    const { status, json } = await create({
      id,
      email: email.toUpperCase(),
      user_metadata: { name: "Ada" },
      app_metadata: { plan: "gold" },
      role: "editor",
      ban_duration: "1h30m",
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id,
      email,
      role: "editor",
      email_confirmed_at: expect.any(String),
      user_metadata: { name: "Ada", email_verified: true },
      app_metadata: { provider: "email", providers: ["email"], plan: "gold" },
    });
    const minutes = (Date.parse(json.banned_until) - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(90);
    expect(await world.mailsTo(email)).toEqual([]);
  });

  test("leaves the account unconfirmed and without a usable password by default", async () => {
    const { json } = await create({ email_confirm: false, password: undefined });
    expect(json).not.toHaveProperty("email_confirmed_at");
    expect(await service.signIn(json.email)).toMatchObject(refused(400, "invalid_credentials"));
  });

  test("accepts a bcrypt hash of another system", async () => {
    const [row] = await sql`
      select extensions.crypt('Moved-horse-7!', extensions.gen_salt('bf')) as hash`;
    const { json } = await create({ password: undefined, password_hash: row?.hash });
    expect((await service.signIn(json.email, "Moved-horse-7!")).status).toBe(200);
  });

  test.each([
    ["a missing address", { email: undefined }, 400, "validation_failed"],
    ["an invalid address", { email: "nobody" }, 400, "validation_failed"],
    ["a phone number", { phone: "123" }, 501, "not_implemented"],
    ["a weak password", { password: "short" }, 422, "weak_password"],
    [
      "a hash of an unknown kind",
      { password: undefined, password_hash: "md5" },
      400,
      "validation_failed",
    ],
    ["a password and a hash", { password_hash: "x" }, 400, "validation_failed"],
    ["an invalid id", { id: "7" }, 400, "validation_failed"],
    ["an invalid duration", { ban_duration: "long" }, 400, "validation_failed"],
    ["metadata that is not an object", { user_metadata: "x" }, 400, "validation_failed"],
  ])("rejects %s", async (_what, fields, status, code) => {
    expect(await create(fields)).toMatchObject(refused(status, code));
  });

  test("rejects an address or id of another account", async () => {
    const { json } = await create();
    expect(await create({ email: json.email })).toMatchObject(refused(422, "email_exists"));
    expect(await create({ id: json.id })).toMatchObject(refused(422, "user_already_exists"));
  });
});

describe("listing users", () => {
  test("returns pages, newest first, with the total", async () => {
    const made = [];
    for (let i = 0; i < 3; i += 1) made.push((await create()).json.id);
    const [{ total } = { total: 0 }] = await sql`
      select count(*)::int as total from auth.users where deleted_at is null`;
    const first = await admin("GET", "/users?page=1&per_page=2");
    expect(first.json.aud).toBe("authenticated");
    expect(first.json.users.map(({ id }: { id: string }) => id)).toEqual([made[2], made[1]]);
    expect(first.json.users[0].identities).toHaveLength(1);
    expect(first.headers.get("x-total-count")).toBe(String(total));
    const links = first.headers.get("link") ?? "";
    expect(links).toContain('page=2&per_page=2>; rel="next"');
    expect(links).toContain(`page=${Math.ceil(total / 2)}&per_page=2>; rel="last"`);
    const beyond = await admin("GET", "/users?page=1000");
    expect(beyond.json.users).toEqual([]);
    expect(beyond.headers.get("x-total-count")).toBe(String(total));
    expect(beyond.headers.get("link")).not.toContain("next");
  });

  test("filters by part of the address and treats wildcard characters as text", async () => {
    const { json } = await create({ email: `under_score-${randomEmail()}` });
    const found = await admin("GET", "/users?filter=UNDER_score");
    expect(found.json.users.map(({ id }: { id: string }) => id)).toEqual([json.id]);
    expect((await admin("GET", "/users?filter=under%25score")).json.users).toEqual([]);
  });

  test.each(["page=0", "per_page=-1", "page=x"])("rejects %s", async (query) => {
    expect(await admin("GET", `/users?${query}`)).toMatchObject(refused(400, "validation_failed"));
  });
});

describe("updating a user", () => {
  test("changes the given fields and keeps the others", async () => {
    const { json: user } = await create({ user_metadata: { a: 1, b: 2 }, app_metadata: { c: 3 } });
    const { json } = await admin("PUT", `/users/${user.id}`, {
      user_metadata: { a: null, d: 4 },
      app_metadata: { c: null },
      role: "editor",
    });
    expect(json).toMatchObject({ email: user.email, role: "editor" });
    expect(json.user_metadata).toEqual({ b: 2, d: 4, email_verified: true });
    expect(json.app_metadata).toEqual({ provider: "email", providers: ["email"] });
  });

  test("changes the address without confirmation", async () => {
    const { json: user } = await create();
    const email = randomEmail();
    const { json } = await admin("PUT", `/users/${user.id}`, { email });
    expect(json).toMatchObject({ email, identities: [{ identity_data: { email } }] });
    expect((await service.signIn(email)).status).toBe(200);
    const other = (await create()).json.email;
    expect(await admin("PUT", `/users/${user.id}`, { email: other })).toMatchObject(
      refused(422, "email_exists"),
    );
  });

  test("ends every session when the password changes", async () => {
    const { access_token, user, email } = await service.newUser();
    await admin("PUT", `/users/${user.id}`, { password: "Another-horse-8!" });
    expect((await service.call("GET", "/user", { bearer: access_token })).status).toBe(403);
    expect((await service.signIn(email, "Another-horse-8!")).status).toBe(200);
  });

  test("responds with 404 to an unknown id and 400 to an invalid one", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const unknown = `/users/${crypto.randomUUID()}`;
      const body = method === "GET" ? undefined : {};
      expect(await admin(method, unknown, body)).toMatchObject(refused(404, "user_not_found"));
      expect(await admin(method, "/users/7", body)).toMatchObject(
        refused(400, "validation_failed"),
      );
    }
  });
});

describe("deleting a user", () => {
  test("deletes the account with its identities and sessions", async () => {
    const { user, access_token } = await service.newUser();
    expect(await admin("DELETE", `/users/${user.id}`)).toMatchObject({ status: 200, json: {} });
    expect(await service.call("GET", "/user", { bearer: access_token })).toMatchObject(
      refused(403, "user_not_found"),
    );
    expect(await sql`select from auth.identities where user_id = ${user.id}`).toHaveLength(0);
  });

  test("keeps a row without personal data when deleted softly, and frees the address", async () => {
    const { user, email, refresh_token } = await service.newUser({ name: "Ada" });
    const { error } = await service.admin().auth.admin.deleteUser(user.id, true);
    expect(error).toBeNull();
    const [row] = await sql`select * from auth.users where id = ${user.id}`;
    expect(row?.deleted_at).not.toBeNull();
    expect(JSON.stringify(row)).not.toContain(email);
    expect(JSON.stringify(row)).not.toContain("Ada");
    expect((await service.refresh(refresh_token)).status).toBe(400);
    expect(await admin("GET", `/users/${user.id}`)).toMatchObject(refused(404, "user_not_found"));
    expect((await service.post("/signup", { email, password })).status).toBe(200);
  });
});

describe("generated links", () => {
  const link = (body: object) => admin("POST", "/generate_link", body);

  test("work like links in emails, and no email is sent", async () => {
    const { email, user } = await service.newUser();
    for (const type of ["recovery", "magiclink"]) {
      const { json } = await link({ type, email, redirect_to: "http://127.0.0.1:3000/done" });
      expect(json).toMatchObject({
        id: user.id,
        email,
        email_otp: expect.stringMatching(/^\d{6}$/),
        hashed_token: expect.stringMatching(/^[0-9a-f]{56}$/),
        verification_type: type,
        redirect_to: "http://127.0.0.1:3000/done",
      });
      const url = new URL(json.action_link);
      expect(url.pathname).toBe("/auth/v1/verify");
      const followed = await service.call("GET", `/verify${url.search}`);
      expect(followed.headers.get("location")).toMatch(
        /^http:\/\/127\.0\.0\.1:3000\/done#access_token=/,
      );
    }
    expect(await world.mailsTo(email)).toEqual([]);
  });

  test("create the account for sign-ups and invitations", async () => {
    for (const type of ["signup", "invite"]) {
      const email = randomEmail();
      const { json } = await link({ type, email, password, data: { from: type } });
      expect(json).toMatchObject({ email, verification_type: type, user_metadata: { from: type } });
      expect(json).not.toHaveProperty("email_confirmed_at");
      const proof = { type, token_hash: json.hashed_token };
      expect((await service.post("/verify", proof)).json.user.id).toBe(json.id);
      expect(await link({ type, email, password })).toMatchObject(refused(422, "email_exists"));
    }
  });

  test("become a sign-up link for an address without an account", async () => {
    const email = randomEmail();
    const { json } = await link({ type: "magiclink", email });
    expect(json.verification_type).toBe("signup");
    const proof = { type: "signup", token_hash: json.hashed_token };
    expect((await service.post("/verify", proof)).json.user.email).toBe(email);
  });

  test("are created for each address of an email change", async () => {
    const { email } = await service.newUser();
    const newEmail = randomEmail();
    const body = { email, new_email: newEmail };
    const current = await link({ type: "email_change_current", ...body });
    const future = await link({ type: "email_change_new", ...body });
    const verify = (token_hash: string) =>
      service.post("/verify", { type: "email_change", token_hash });
    expect((await verify(current.json.hashed_token)).json.code).toBe("200");
    expect((await verify(future.json.hashed_token)).json.user.email).toBe(newEmail);
  });

  test.each([
    ["an unknown type", { type: "toString", email: "a@example.com" }, 400, "validation_failed"],
    ["a missing address", { type: "recovery" }, 400, "validation_failed"],
    [
      "an address without an account",
      { type: "recovery", email: randomEmail() },
      404,
      "user_not_found",
    ],
    [
      "a sign-up without a password",
      { type: "signup", email: randomEmail() },
      400,
      "validation_failed",
    ],
  ])("are rejected for %s", async (_what, body, status, code) => {
    expect(await link(body)).toMatchObject(refused(status, code));
  });
});
