import { expect, test } from "vitest";
import { appClient, goodPassword, newAccount, newEmail, target } from "./target.ts";

/** Signing up and in, the user, and Auth's ways to say no. */
export function accounts(): void {
  test("signing up gives a session with the documented claims", async () => {
    const email = newEmail();
    const { data, error } = await appClient().auth.signUp({
      email: email.toUpperCase(),
      password: goodPassword,
      options: { data: { name: "Ann" } },
    });
    expect(error).toBeNull();
    const { session, user } = data;
    expect(session).toMatchObject({
      token_type: "bearer",
      expires_in: 900,
      refresh_token: expect.any(String),
    });
    expect(Math.abs((session?.expires_at ?? 0) - Date.now() / 1000 - 900)).toBeLessThan(30);
    expect(user).toMatchObject({
      aud: "authenticated",
      role: "authenticated",
      email,
      app_metadata: { provider: "email", providers: ["email"] },
      user_metadata: { name: "Ann" },
      is_anonymous: false,
    });
    expect(user?.email_confirmed_at).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(user?.identities).toMatchObject([{ provider: "email", user_id: user?.id }]);
    expect(claimsOf(session?.access_token)).toMatchObject({
      iss: `${target().url}/auth/v1`,
      sub: user?.id,
      aud: "authenticated",
      role: "authenticated",
      email,
      phone: "",
      app_metadata: { provider: "email" },
      user_metadata: { name: "Ann" },
      aal: "aal1",
      amr: [{ method: "password", timestamp: expect.any(Number) }],
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      is_anonymous: false,
      exp: session?.expires_at,
      iat: expect.any(Number),
    });
  });

  test("an address can be taken once, also by two at the same time", async () => {
    const { email } = await newAccount();
    const again = await appClient().auth.signUp({ email, password: goodPassword });
    expect([again.error?.status, again.error?.code]).toEqual([422, "user_already_exists"]);
    const contested = { email: newEmail(), password: goodPassword };
    const both = await Promise.all([1, 2].map(() => appClient().auth.signUp(contested)));
    expect(both.filter(({ error }) => error === null)).toHaveLength(1);
  });

  test("a weak password is refused with its reasons", async () => {
    const { error } = await appClient().auth.signUp({ email: newEmail(), password: "short" });
    expect(error).toMatchObject({
      name: "AuthWeakPasswordError",
      status: 422,
      code: "weak_password",
      reasons: expect.arrayContaining(["length", "characters"]),
    });
    const long = await appClient().auth.signUp({ email: newEmail(), password: "Aa1!".repeat(20) });
    expect([long.error?.status, long.error?.code]).toEqual([400, "validation_failed"]);
    const bad = await appClient().auth.signUp({ email: "no address", password: goodPassword });
    expect([bad.error?.status, bad.error?.code]).toEqual([400, "validation_failed"]);
  });

  test("signing in, and failing the same way for whatever reason", async () => {
    const { email, id } = await newAccount();
    const { data } = await appClient().auth.signInWithPassword({ email, password: goodPassword });
    expect(data.user?.id).toBe(id);
    expect(data.user?.last_sign_in_at).toBeTruthy();
    for (const attempt of [
      { email, password: "Wrong-horse-7" },
      { email: newEmail(), password: goodPassword },
    ]) {
      const { error } = await appClient().auth.signInWithPassword(attempt);
      expect([error?.status, error?.code]).toEqual([400, "invalid_credentials"]);
      expect(error?.message).toBe("Invalid login credentials");
    }
  });

  test("a user reads and changes themselves", async () => {
    const { client, email, id } = await newAccount();
    expect((await client.auth.getUser()).data.user).toMatchObject({ id, email });
    const changed = await client.auth.updateUser({ data: { colour: "green" } });
    expect(changed.data.user?.user_metadata).toMatchObject({ colour: "green" });
    const same = await client.auth.updateUser({ password: goodPassword });
    expect([same.error?.status, same.error?.code]).toEqual([422, "same_password"]);
    const renewed = await client.auth.updateUser({ password: "Better-horse-8" });
    expect(renewed.error).toBeNull();
    const old = await appClient().auth.signInWithPassword({ email, password: goodPassword });
    expect(old.error?.code).toBe("invalid_credentials");
  });

  test("a caller without a good token is told so", async () => {
    const { url, publishableKey: apikey } = target();
    const user = async (authorization?: string) => {
      const headers = { apikey, ...(authorization === undefined ? {} : { authorization }) };
      const answer = await fetch(`${url}/auth/v1/user`, { headers });
      const body = (await answer.json()) as { error_code?: string; code?: string };
      return [answer.status, body.error_code ?? body.code];
    };
    expect(await user("Bearer nonsense")).toEqual([403, "bad_jwt"]);
    expect((await user())[0]).toBeGreaterThanOrEqual(401);
  });

  test("errors come in the form of the API version that was asked for", async () => {
    const { url, publishableKey: apikey } = target();
    const attempt = (headers: Record<string, string>) =>
      fetch(`${url}/auth/v1/token?grant_type=password`, {
        method: "POST",
        headers: { apikey, "content-type": "application/json", ...headers },
        body: JSON.stringify({ email: newEmail(), password: goodPassword }),
      });
    const dated = await attempt({ "x-supabase-api-version": "2024-01-01" });
    expect(dated.headers.get("x-supabase-api-version")).toBe("2024-01-01");
    expect(await dated.json()).toMatchObject({ code: "invalid_credentials" });
    const plain = await attempt({});
    expect(plain.headers.get("x-sb-error-code")).toBe("invalid_credentials");
    expect(await plain.json()).toMatchObject({
      code: 400,
      error_code: "invalid_credentials",
      msg: "Invalid login credentials",
    });
  });

  test("settings, health and keys are public to every app", async () => {
    const { url, publishableKey: apikey } = target();
    const get = async (path: string) => {
      const answer = await fetch(`${url}/auth/v1${path}`, { headers: { apikey } });
      return (await answer.json()) as Record<string, unknown>;
    };
    expect(await get("/settings")).toMatchObject({
      external: { email: true },
      disable_signup: false,
      mailer_autoconfirm: true,
    });
    expect(await get("/health")).toMatchObject({ name: "GoTrue", version: expect.any(String) });
    expect(await get("/.well-known/jwks.json")).toMatchObject({ keys: expect.any(Array) });
  });
}

function claimsOf(token = ""): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
