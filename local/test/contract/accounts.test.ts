/** Accounts: sign-up, sign-in, sign-out, and the user's own account. */
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { ask } from "../support/http.ts";
import {
  apiUrl,
  client,
  isEmbedded,
  newUser,
  password,
  publishableKey,
  randomEmail,
  signedIn,
} from "./target.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe("sign-up", () => {
  test("returns a user and a session", async () => {
    const { email, user, session } = await newUser({ name: "Ada" });
    expect(user).toMatchObject({
      id: expect.stringMatching(uuid),
      aud: "authenticated",
      role: "authenticated",
      email,
      phone: "",
      email_confirmed_at: expect.stringMatching(timestamp),
      last_sign_in_at: expect.stringMatching(timestamp),
      created_at: expect.stringMatching(timestamp),
      app_metadata: { provider: "email", providers: ["email"] },
      user_metadata: { name: "Ada", email, email_verified: true, sub: user.id },
      is_anonymous: false,
      identities: [
        {
          id: user.id,
          user_id: user.id,
          provider: "email",
          email,
          identity_id: expect.stringMatching(uuid),
          identity_data: { email, sub: user.id },
        },
      ],
    });
    expect(session).toMatchObject({
      token_type: "bearer",
      expires_in: 900,
      refresh_token: expect.any(String),
    });
    expect(session.expires_at).toBeGreaterThan(Date.now() / 1000 + 800);
  });

  test("returns an access token with every documented claim", async () => {
    const { email, user, session } = await newUser({ name: "Ada" });
    const claims = decodeJwt(session.access_token);
    expect(claims).toMatchObject({
      iss: `${apiUrl}/auth/v1`,
      sub: user.id,
      aud: "authenticated",
      role: "authenticated",
      email,
      phone: "",
      aal: "aal1",
      amr: [{ method: "password", timestamp: expect.any(Number) }],
      session_id: expect.stringMatching(uuid),
      is_anonymous: false,
      app_metadata: { provider: "email" },
      user_metadata: { name: "Ada" },
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
    expect(decodeProtectedHeader(session.access_token).typ).toBe("JWT");
  });

  test("is rejected for an address that has an account", async () => {
    const { email } = await newUser();
    const { error } = await client().auth.signUp({ email: email.toUpperCase(), password });
    expect(error).toMatchObject({ status: 422, code: "user_already_exists" });
  });

  test.each([
    ["short", "Sh-7!", ["length"]],
    ["without some kinds of characters", "onlyletters", ["characters"]],
  ])("is rejected for a password that is %s", async (_how, weak, reasons) => {
    const { error } = await client().auth.signUp({ email: randomEmail(), password: weak });
    expect(error).toMatchObject({ status: 422, code: "weak_password" });
    expect((error as unknown as { reasons: string[] }).reasons).toEqual(
      expect.arrayContaining(reasons),
    );
  });

  test("is rejected for a password over 72 characters and for an invalid address", async () => {
    const long = await client().auth.signUp({
      email: randomEmail(),
      password: `Aa1!${"x".repeat(70)}`,
    });
    expect(long.error).toMatchObject({ status: 400, code: "validation_failed" });
    const bad = await client().auth.signUp({ email: "nobody", password });
    expect(bad.error?.status).toBe(400);
  });

  test("creates one account for two concurrent requests with the same address", async () => {
    const email = randomEmail();
    const both = await Promise.all([1, 2].map(() => client().auth.signUp({ email, password })));
    const errors = both.flatMap(({ error }) => error ?? []);
    expect(errors).toHaveLength(1);
    expect([422, 500]).toContain(errors[0]?.status);
  });
});

describe("sign-in", () => {
  test("opens a new session", async () => {
    const { email, user, session } = await newUser();
    const again = await signedIn(email.toUpperCase());
    expect(again.user.id).toBe(user.id);
    const [one, two] = [session, again.session].map(({ access_token }) => decodeJwt(access_token));
    expect(one?.session_id).not.toBe(two?.session_id);
  });

  test("responds the same to a wrong password and an unknown address", async () => {
    const { email } = await newUser();
    const wrong = await client().auth.signInWithPassword({ email, password: "Wrong-horse-7!" });
    const unknown = await client().auth.signInWithPassword({ email: randomEmail(), password });
    for (const { error } of [wrong, unknown]) {
      expect(error).toMatchObject({
        status: 400,
        code: "invalid_credentials",
        message: "Invalid login credentials",
      });
    }
  });
});

describe("the user's own account", () => {
  test("can be read only with a valid token", async () => {
    const { client: own, session, user } = await newUser();
    const { data } = await own.auth.getUser();
    expect(data.user?.id).toBe(user.id);
    const bad = await client().auth.getUser(`${session.access_token}x`);
    expect(bad.error).toMatchObject({ status: 403, code: "bad_jwt" });
    const none = await ask(`${apiUrl}/auth/v1/user`);
    expect(none.status).toBe(401);
  });

  test("can change metadata by key, but not role and app_metadata", async () => {
    const { client: own } = await newUser({ name: "Ada", city: "London" });
    const { data, error } = await own.auth.updateUser({ data: { city: null, title: "Countess" } });
    expect(error).toBeNull();
    expect(data.user?.user_metadata).toMatchObject({ name: "Ada", title: "Countess" });
    expect(data.user?.user_metadata).not.toHaveProperty("city");
    await ask(`${apiUrl}/auth/v1/user`, {
      method: "PUT",
      headers: {
        apikey: publishableKey,
        "content-type": "application/json",
        authorization: `Bearer ${(await own.auth.getSession()).data.session?.access_token}`,
      },
      body: JSON.stringify({ role: "service_role", app_metadata: { admin: true } }),
    });
    const { data: after } = await own.auth.getUser();
    expect(after.user?.role).toBe("authenticated");
    expect(after.user?.app_metadata).not.toHaveProperty("admin");
  });

  test("can change the password, which ends the other sessions", async () => {
    const { email, client: own } = await newUser();
    const elsewhere = await signedIn(email);
    const same = await own.auth.updateUser({ password });
    expect(same.error).toMatchObject({ status: 422, code: "same_password" });
    const weak = await own.auth.updateUser({ password: "weak" });
    expect(weak.error).toMatchObject({ status: 422, code: "weak_password" });
    const next = "Another-horse-8!";
    expect((await own.auth.updateUser({ password: next })).error).toBeNull();
    expect((await own.auth.getUser()).error).toBeNull();
    expect((await elsewhere.client.auth.getUser()).error).not.toBeNull();
    expect((await client().auth.signInWithPassword({ email, password })).error?.status).toBe(400);
    expect((await signedIn(email, next)).email).toBe(email);
  });
});

describe("sign-out", () => {
  test("ends the current session, the others or all, depending on the scope", async () => {
    const first = await newUser();
    const [second, third] = [await signedIn(first.email), await signedIn(first.email)];
    const alive = async () =>
      Promise.all(
        [first, second, third].map(async ({ session }) => {
          const { error } = await client().auth.getUser(session.access_token);
          return error === null;
        }),
      );
    expect((await second.client.auth.signOut({ scope: "local" })).error).toBeNull();
    expect(await alive()).toEqual([true, false, true]);
    expect((await first.client.auth.signOut({ scope: "others" })).error).toBeNull();
    expect(await alive()).toEqual([true, false, false]);
    expect((await first.client.auth.signOut({ scope: "global" })).error).toBeNull();
    expect(await alive()).toEqual([false, false, false]);
    const refreshed = await client().auth.refreshSession({
      refresh_token: first.session.refresh_token,
    });
    expect(refreshed.error).toMatchObject({ status: 400, code: "refresh_token_not_found" });
  });

  test("makes later requests fail with session_not_found", async () => {
    const { client: own, session } = await newUser();
    await own.auth.signOut();
    const answer = await ask(`${apiUrl}/auth/v1/user`, {
      headers: { apikey: publishableKey, authorization: `Bearer ${session.access_token}` },
    });
    expect(answer.status).toBe(403);
    expect(answer.json).toMatchObject({ error_code: "session_not_found" });
  });
});

describe("the Auth API", () => {
  test("serves health, settings and public keys", async () => {
    const headers = { apikey: publishableKey };
    const health = await ask(`${apiUrl}/auth/v1/health`, { headers });
    expect(health.json).toMatchObject({ name: "GoTrue", version: expect.any(String) });
    const settings = await ask(`${apiUrl}/auth/v1/settings`, { headers });
    expect(settings.json).toMatchObject({
      disable_signup: false,
      mailer_autoconfirm: true,
      external: { email: true },
    });
    const jwks = await ask(`${apiUrl}/auth/v1/.well-known/jwks.json`);
    expect(jwks.json).toEqual({ keys: expect.any(Array) });
    // The shared secret must not be published.
    expect(jwks.text).not.toContain('"oct"');
  });

  test("supports both documented error formats", async () => {
    const sign = (headers: Record<string, string>) =>
      ask(`${apiUrl}/auth/v1/token?grant_type=password`, {
        method: "POST",
        headers: { apikey: publishableKey, "content-type": "application/json", ...headers },
        body: JSON.stringify({ email: randomEmail(), password }),
      });
    const old = await sign({});
    expect(old.json).toEqual({
      code: 400,
      error_code: "invalid_credentials",
      msg: "Invalid login credentials",
    });
    expect(old.headers["x-sb-error-code"]).toBe("invalid_credentials");
    const current = await sign({ "x-supabase-api-version": "2024-01-01" });
    expect(current.json).toEqual({
      code: "invalid_credentials",
      message: "Invalid login credentials",
    });
    expect(current.headers["x-supabase-api-version"]).toBe("2024-01-01");
  });

  test("rejects invalid JSON and unknown grant types", async () => {
    const headers = { apikey: publishableKey, "content-type": "application/json" };
    const broken = await ask(`${apiUrl}/auth/v1/signup`, { method: "POST", headers, body: "{" });
    expect(broken.status).toBe(400);
    const grant = await ask(`${apiUrl}/auth/v1/token?grant_type=magic`, {
      method: "POST",
      headers,
      body: "{}",
    });
    expect(grant.status).toBe(400);
  });

  test("rejects a disabled provider with its error code", async () => {
    const { error } = await client().auth.signInAnonymously();
    expect(error).toMatchObject({ status: 422, code: "anonymous_provider_disabled" });
  });

  test.runIf(isEmbedded)("responds with 501 to unsupported features", async () => {
    const { error } = await client().auth.signInWithSSO({ domain: "example.com" });
    expect(error?.status).toBe(501);
  });
});
