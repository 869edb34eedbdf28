/** Signing in and out, access tokens and refresh tokens. */
import { generateKeyPairSync } from "node:crypto";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify, SignJWT } from "jose";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuthService, AuthWorld, randomEmail } from "./world.ts";

let world: AuthWorld;
let sql: Sql;
let service: AuthService;

beforeAll(async () => {
  world = await AuthWorld.start();
  sql = world.sql;
  service = await world.service();
});

afterAll(() => world.stop());

const refused = (status: number, code: string) => ({ status, json: { code } });
const read = (bearer: string) => service.call("GET", "/user", { bearer });

describe("a sign-in", () => {
  test("opens a session that records the client's address and user agent", async () => {
    const { email, user } = await service.newUser();
    const { json } = await service.post(
      "/token?grant_type=password",
      { email: email.toUpperCase(), password: "Correct-horse-7!" },
      { ip: "203.0.113.9", headers: { "user-agent": "Sextant/1" } },
    );
    const { session_id } = decodeJwt(json.access_token);
    const [row] = await sql`
      select user_id, host(ip) as ip, user_agent, aal::text from auth.sessions
      where id = ${String(session_id)}`;
    expect(row).toEqual({
      user_id: user.id,
      ip: "203.0.113.9",
      user_agent: "Sextant/1",
      aal: "aal1",
    });
  });

  test("responds the same to a wrong password, an unknown address and an empty password", async () => {
    const { email } = await service.newUser();
    const answers = await Promise.all([
      service.signIn(email, "Wrong-horse-7!"),
      service.signIn(randomEmail()),
      service.signIn("nobody"),
      service.signIn(email, ""),
    ]);
    for (const { status, json } of answers) {
      expect(status).toBe(400);
      expect(json).toEqual({ code: "invalid_credentials", message: "Invalid login credentials" });
    }
  });

  test.each([
    ["without an address", { password: "x" }, 400, "validation_failed"],
    [
      "with an email address and a phone number",
      { email: "a@b.co", phone: "1", password: "x" },
      400,
      "validation_failed",
    ],
    ["with a phone number", { phone: "1", password: "x" }, 422, "phone_provider_disabled"],
    ["with a number as password", { email: "a@b.co", password: 1 }, 400, "validation_failed"],
  ])("is rejected %s", async (_how, body, status, code) => {
    expect(await service.post("/token?grant_type=password", body)).toMatchObject(
      refused(status, code),
    );
  });

  test("rejects a banned user, with the right password and with existing tokens", async () => {
    const { email, user, access_token, refresh_token } = await service.newUser();
    await sql`update auth.users set banned_until = now() + interval '1 hour' where id = ${user.id}`;
    expect(await service.signIn(email)).toMatchObject(refused(400, "user_banned"));
    expect(await service.refresh(refresh_token)).toMatchObject(refused(400, "user_banned"));
    expect(await read(access_token)).toMatchObject(refused(403, "user_banned"));
    await sql`update auth.users set banned_until = now() - interval '1 second' where id = ${user.id}`;
    expect((await service.signIn(email)).status).toBe(200);
  });

  test.each(["toString", "", "id_token", "web3"])("rejects the grant type %j", async (name) => {
    expect(await service.post(`/token?grant_type=${name}`, {})).toMatchObject(
      refused(400, "unsupported_grant_type"),
    );
  });

  test("accepts bcrypt hashes of other systems, and no other hashes", async () => {
    const { email } = await service.newUser();
    // A hash of pgcrypto's crypt(), as seeds use it.
    await sql`
      update auth.users
      set encrypted_password = extensions.crypt('Seeded-horse-7!', extensions.gen_salt('bf', 4))
      where email = ${email}`;
    expect((await service.signIn(email, "Seeded-horse-7!")).status).toBe(200);
    await sql`update auth.users set encrypted_password = 'plain' where email = ${email}`;
    expect(await service.signIn(email, "plain")).toMatchObject(refused(400, "invalid_credentials"));
  });
});

describe("an access token", () => {
  test("has exactly upstream's claims", async () => {
    const { email, user, access_token, expires_at } = await service.newUser();
    const claims = decodeJwt(access_token);
    const now = Math.floor(Date.now() / 1000);
    expect(claims).toEqual({
      iss: `${service.settings.apiUrl}/auth/v1`,
      sub: user.id,
      aud: "authenticated",
      exp: expires_at,
      iat: expires_at - 3600,
      email,
      phone: "",
      app_metadata: user.app_metadata,
      user_metadata: user.user_metadata,
      role: "authenticated",
      aal: "aal1",
      amr: [{ method: "password", timestamp: expect.any(Number) }],
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      is_anonymous: false,
    });
    expect(Math.abs((claims.iat ?? 0) - now)).toBeLessThan(60);
  });

  test.each([
    ["no authorization header", undefined, 401, "no_authorization"],
    ["another scheme", "Basic abc", 401, "no_authorization"],
    ["a token that is not a JWT", "Bearer nonsense", 403, "bad_jwt"],
  ])("is rejected with %s", async (_what, authorization, status, code) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(await service.call("GET", "/user", { headers })).toMatchObject(refused(status, code));
  });

  const forged = (claims: object, secret = service.settings.keys.jwtSecret, alg = "HS256") =>
    new SignJWT({ role: "authenticated", aud: "authenticated", ...claims })
      .setProtectedHeader({ alg })
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode(secret));

  test("is rejected when forged, expired, unsigned or without a user id", async () => {
    const { user } = await service.newUser();
    const bad = refused(403, "bad_jwt");
    expect(await read(await forged({ sub: user.id }, "x".repeat(40)))).toMatchObject(bad);
    expect(await read(service.settings.keys.anonJwt)).toMatchObject(bad);
    expect(await read(await forged({ sub: "me" }))).toMatchObject(bad);
    const [, payload] = (await forged({ sub: user.id })).split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(await read(`${none}.${payload}.`)).toMatchObject(bad);
    const old = await new SignJWT({ sub: user.id })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime("-1m")
      .sign(new TextEncoder().encode(service.settings.keys.jwtSecret));
    expect(await read(old)).toMatchObject(bad);
  });

  test("is rejected when its account or session no longer exists", async () => {
    const { user, access_token } = await service.newUser();
    const { session_id } = decodeJwt(access_token);
    const gone = refused(403, "session_not_found");
    expect(await read(await forged({ sub: user.id }))).toMatchObject(gone);
    const other = await service.newUser();
    expect(await read(await forged({ sub: other.user.id, session_id }))).toMatchObject(gone);
    await sql`delete from auth.sessions where id = ${String(session_id)}`;
    expect(await read(access_token)).toMatchObject(gone);
    await sql`delete from auth.users where id = ${other.user.id}`;
    expect(await read(other.access_token)).toMatchObject(refused(403, "user_not_found"));
  });

  test.each([
    ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
    ["RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ])("is signed with the project's %s key", async (alg, pair) => {
    // The format that `supabase gen signing-key` writes.
    const jwk = { ...pair.privateKey.export({ format: "jwk" }), alg, kid: "one", use: "sig" };
    const keys = JSON.stringify([{ ...jwk, key_ops: ["sign", "verify"], ext: true }]);
    const own = await world.service('[auth]\nsigning_keys_path = "./keys.json"', {
      "supabase/keys.json": keys,
    });
    const { access_token, user } = await own.newUser();
    const jwks = (await own.call("GET", "/.well-known/jwks.json")).json as JSONWebKeySet;
    expect(jwks.keys).toEqual([expect.objectContaining({ kid: "one", alg, key_ops: ["verify"] })]);
    for (const secret of ["d", "p", "q", "dp", "dq", "qi"]) {
      expect(jwks.keys[0]).not.toHaveProperty(secret);
    }
    const verified = await jwtVerify(access_token, createLocalJWKSet(jwks));
    expect(verified.protectedHeader).toEqual({ alg, typ: "JWT", kid: "one" });
    expect(verified.payload.sub).toBe(user.id);
    expect((await own.call("GET", "/user", { bearer: access_token })).status).toBe(200);
    // The public key must not be accepted as a shared secret.
    const trick = await forged({ sub: user.id }, JSON.stringify(jwks.keys[0]));
    expect(await own.call("GET", "/user", { bearer: trick })).toMatchObject(
      refused(403, "bad_jwt"),
    );
    // API keys are still signed with the shared secret.
    const { error } = await own.admin().auth.admin.listUsers({ perPage: 1 });
    expect(error).toBeNull();
  });

  test("publishes no public key when the project has no signing keys", async () => {
    const { json } = await service.call("GET", "/.well-known/jwks.json");
    expect(json).toEqual({ keys: [] });
  });
});

describe("a refresh", () => {
  const backdate = (id: string, minutes: number) => sql`
    update auth.refresh_tokens set updated_at = updated_at - make_interval(mins => ${minutes})
    where user_id = ${id}`;

  test("rotates the token and keeps the session", async () => {
    const { access_token, refresh_token, user } = await service.newUser();
    const { status, json } = await service.refresh(refresh_token);
    expect(status).toBe(200);
    expect(json.refresh_token).not.toBe(refresh_token);
    expect(json.user.id).toBe(user.id);
    const [before, after] = [decodeJwt(access_token), decodeJwt(json.access_token)];
    expect(after.session_id).toBe(before.session_id);
    expect(after.amr).toEqual(before.amr);
    const [session] = await sql`
      select refreshed_at is not null as refreshed from auth.sessions where id = ${String(after.session_id)}`;
    expect(session?.refreshed).toBe(true);
  });

  test("returns the same new token to ten concurrent requests with one token", async () => {
    const { refresh_token, user } = await service.newUser();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => service.refresh(refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ json }) => json.refresh_token)).size).toBe(1);
    const rows =
      await sql`select revoked from auth.refresh_tokens where user_id = ${user.id} order by id`;
    expect(rows.map(({ revoked }) => revoked)).toEqual([true, false]);
  });

  test("accepts the parent of the active token at any time", async () => {
    const { refresh_token, user } = await service.newUser();
    const second = (await service.refresh(refresh_token)).json.refresh_token;
    await backdate(user.id, 60);
    expect((await service.refresh(refresh_token)).json.refresh_token).toBe(second);
  });

  test("accepts an older token only within the reuse interval", async () => {
    const { refresh_token, user } = await service.newUser();
    const second = (await service.refresh(refresh_token)).json.refresh_token;
    const third = (await service.refresh(second)).json.refresh_token;
    expect((await service.refresh(refresh_token)).json.refresh_token).toBe(third);

    await backdate(user.id, 1);
    const stolen = await service.refresh(refresh_token);
    expect(stolen).toMatchObject(refused(400, "refresh_token_already_used"));
    expect(stolen.json.message).toBe("Invalid Refresh Token: Already Used");
    // The whole token family is revoked, because it is unknown which client stole the token.
    for (const token of [second, third]) {
      expect(await service.refresh(token)).toMatchObject(
        refused(400, "refresh_token_already_used"),
      );
    }
    const rows =
      await sql`select from auth.refresh_tokens where user_id = ${user.id} and not revoked`;
    expect(rows).toHaveLength(0);
  });

  test("rejects a reused token but keeps the token family when rotation is disabled", async () => {
    const lenient = await world.service("[auth]\nenable_refresh_token_rotation = false");
    const { refresh_token, user } = await lenient.newUser();
    const second = (await lenient.refresh(refresh_token)).json.refresh_token;
    const third = (await lenient.refresh(second)).json.refresh_token;
    await backdate(user.id, 1);
    expect(await lenient.refresh(refresh_token)).toMatchObject(
      refused(400, "refresh_token_already_used"),
    );
    expect((await lenient.refresh(third)).status).toBe(200);
  });

  test("rejects a missing and an unknown token", async () => {
    expect(await service.refresh("")).toMatchObject(refused(400, "validation_failed"));
    expect(await service.refresh("nobodysone12")).toMatchObject(
      refused(400, "refresh_token_not_found"),
    );
    const { refresh_token, access_token } = await service.newUser();
    await service.call("POST", "/logout", { bearer: access_token });
    expect(await service.refresh(refresh_token)).toMatchObject(
      refused(400, "refresh_token_not_found"),
    );
  });

  test("is rejected after the timebox and after inactivity", async () => {
    const boxed = await world.service(
      '[auth.sessions]\ntimebox = "24h"\ninactivity_timeout = "8h"',
    );
    const { user, refresh_token } = await boxed.newUser();
    const age = (created: number, refreshed: number | null) => sql`
      update auth.sessions
      set created_at = now() - make_interval(hours => ${created}),
        refreshed_at = (now() - make_interval(hours => ${refreshed}::int)) at time zone 'utc'
      where user_id = ${user.id}`;
    await age(23, 7);
    const { json } = await boxed.refresh(refresh_token);
    expect(json.refresh_token).toEqual(expect.any(String));
    await age(23, 9);
    const idle = await boxed.refresh(json.refresh_token);
    expect(idle).toMatchObject(refused(400, "session_expired"));
    await age(9, null);
    expect(await boxed.refresh(json.refresh_token)).toMatchObject(refused(400, "session_expired"));
    await age(25, 1);
    expect(await boxed.refresh(json.refresh_token)).toMatchObject(refused(400, "session_expired"));
    // The session still exists: only refreshes check its limits.
    expect((await boxed.refresh(json.refresh_token)).status).toBe(400);
    await age(1, 1);
    expect((await boxed.refresh(json.refresh_token)).status).toBe(200);
  });

  test("fails with a conflict when it waits too long for a lock", async () => {
    const { user, refresh_token } = await service.newUser();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: locked, resolve: hasLock } = Promise.withResolvers<void>();
    const holder = world.database.as("postgres").begin(async (tx) => {
      await tx`select from auth.sessions where user_id = ${user.id} for update`;
      hasLock();
      await released;
    });
    await locked;
    try {
      expect(await service.refresh(refresh_token)).toMatchObject(refused(409, "conflict"));
    } finally {
      release();
      await holder;
    }
    expect((await service.refresh(refresh_token)).status).toBe(200);
  });
});

describe("a sign-out", () => {
  test.each([
    ["", [false, false, false]],
    ["?scope=global", [false, false, false]],
    ["?scope=local", [false, true, true]],
    ["?scope=others", [true, false, false]],
  ])("ends the sessions of its scope for %j", async (query, expected) => {
    const { email, access_token } = await service.newUser();
    const bearers = [
      access_token,
      (await service.signIn(email)).json.access_token,
      (await service.signIn(email)).json.access_token,
    ];
    const stranger = await service.newUser();
    const out = await service.call("POST", `/logout${query}`, { bearer: access_token });
    expect(out.status).toBe(204);
    const alive = await Promise.all(
      bearers.map(async (bearer) => (await read(bearer)).status === 200),
    );
    expect(alive).toEqual(expected);
    expect((await read(stranger.access_token)).status).toBe(200);
  });

  test("rejects an unknown scope and a request without a session", async () => {
    const { access_token } = await service.newUser();
    const out = await service.call("POST", "/logout?scope=everybody", { bearer: access_token });
    expect(out).toMatchObject(refused(400, "validation_failed"));
    expect(await service.call("POST", "/logout")).toMatchObject(refused(401, "no_authorization"));
  });
});

describe("the Auth app", () => {
  test("uses the older error format unless the request asks for the newer one", async () => {
    for (const version of ["", "yesterday", "2023-12-31"]) {
      const { status, headers, json } = await service.post(
        "/token?grant_type=refresh_token",
        { refresh_token: "nobodysone12" },
        { headers: { "x-supabase-api-version": version } },
      );
      expect(status).toBe(400);
      expect(json).toEqual({
        code: 400,
        error_code: "refresh_token_not_found",
        msg: "Invalid Refresh Token: Refresh Token Not Found",
      });
      expect(headers.get("x-sb-error-code")).toBe("refresh_token_not_found");
      expect(headers.has("x-supabase-api-version")).toBe(false);
    }
  });

  test("forbids caching of every response", async () => {
    expect((await service.call("GET", "/settings")).headers.get("cache-control")).toBe("no-store");
  });

  test("rejects bodies over a megabyte", async () => {
    const body = JSON.stringify({ email: "a@b.co", password: "x".repeat(1 << 20) });
    const headers = { "content-length": String(body.length) };
    expect((await service.post("/signup", body, { headers })).status).toBe(413);
  });

  test.each([
    ["POST", "/factors/recovery-codes"],
    ["GET", "/authorize"],
    ["POST", "/sso"],
    ["GET", "/admin/audit"],
    ["PATCH", "/user"],
  ])("responds with 501 to %s %s", async (method, path) => {
    const bearer = service.settings.keys.serviceRoleJwt;
    const { status, json } = await service.call(method, path, { bearer });
    expect(status).toBe(501);
    expect(json).toEqual({ code: "not_implemented", message: expect.stringContaining(path) });
  });
});
