/** The admin API, which requires the secret key. */
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { ask } from "../support/http.ts";
import {
  admin,
  apiUrl,
  client,
  newUser,
  password,
  publishableKey,
  randomEmail,
  signedIn,
} from "./target.ts";

describe("the admin API", () => {
  test("creates, reads, updates and deletes users", async () => {
    const email = randomEmail();
    const made = await admin.auth.admin.createUser({
      email,
      password,
      email_confirm: true,
      user_metadata: { name: "Ada" },
      app_metadata: { team: "one" },
    });
    expect(made.error).toBeNull();
    const id = made.data.user?.id ?? "";
    expect(made.data.user).toMatchObject({
      email,
      user_metadata: { name: "Ada" },
      app_metadata: { provider: "email", providers: ["email"], team: "one" },
      email_confirmed_at: expect.any(String),
    });
    expect((await admin.auth.admin.getUserById(id)).data.user?.email).toBe(email);

    const changed = await admin.auth.admin.updateUserById(id, {
      app_metadata: { team: "two" },
      password: "Another-horse-8!",
    });
    expect(changed.data.user?.app_metadata).toMatchObject({ provider: "email", team: "two" });
    const { session } = await signedIn(email, "Another-horse-8!");
    expect(decodeJwt(session.access_token).app_metadata).toMatchObject({ team: "two" });

    expect((await admin.auth.admin.deleteUser(id)).error).toBeNull();
    const gone = await admin.auth.admin.getUserById(id);
    expect(gone.error).toMatchObject({ status: 404, code: "user_not_found" });
    const out = await client().auth.getUser(session.access_token);
    expect(out.error?.status).toBe(403);
  });

  test("lists users in pages, with the total", async () => {
    await newUser();
    await newUser();
    const { data, error } = await admin.auth.admin.listUsers({ page: 1, perPage: 1 });
    expect(error).toBeNull();
    expect(data.users).toHaveLength(1);
    expect(data).toMatchObject({ total: expect.any(Number), nextPage: 2 });
    const second = await admin.auth.admin.listUsers({ page: 2, perPage: 1 });
    expect(second.data.users[0]?.id).not.toBe(data.users[0]?.id);
  });

  test("rejects an address that has an account and an unknown user", async () => {
    const { email } = await newUser();
    const taken = await admin.auth.admin.createUser({ email, password });
    expect(taken.error).toMatchObject({ status: 422, code: "email_exists" });
    const unknown = await admin.auth.admin.updateUserById(crypto.randomUUID(), { email });
    expect(unknown.error).toMatchObject({ status: 404, code: "user_not_found" });
  });

  test("keeps unconfirmed and banned users from signing in", async () => {
    const email = randomEmail();
    const { data } = await admin.auth.admin.createUser({ email, password });
    const early = await client().auth.signInWithPassword({ email, password });
    expect(early.error).toMatchObject({ status: 400, code: "email_not_confirmed" });
    const id = data.user?.id ?? "";
    await admin.auth.admin.updateUserById(id, { email_confirm: true, ban_duration: "1h" });
    const banned = await client().auth.signInWithPassword({ email, password });
    expect(banned.error).toMatchObject({ status: 400, code: "user_banned" });
    await admin.auth.admin.updateUserById(id, { ban_duration: "none" });
    expect((await signedIn(email)).user.id).toBe(id);
  });

  test("generates a link without sending it", async () => {
    const { email, user } = await newUser();
    const { data, error } = await admin.auth.admin.generateLink({ type: "recovery", email });
    expect(error).toBeNull();
    expect(data.user?.id).toBe(user.id);
    expect(data.properties).toMatchObject({
      action_link: expect.stringContaining("/auth/v1/verify?"),
      email_otp: expect.stringMatching(/^\d{6}$/),
      hashed_token: expect.stringMatching(/^[0-9a-f]{56}$/),
      verification_type: "recovery",
    });
    const { email_otp: token } = data.properties ?? { email_otp: "" };
    const wrong = await client().auth.verifyOtp({
      email,
      token: token === "000000" ? "000001" : "000000",
      type: "recovery",
    });
    expect(wrong.error).toMatchObject({ status: 403, code: "otp_expired" });
    expect((await client().auth.verifyOtp({ email, token, type: "recovery" })).error).toBeNull();
  });

  test("ends a user's sessions", async () => {
    const { client: own, session } = await newUser();
    expect((await admin.auth.admin.signOut(session.access_token)).error).toBeNull();
    expect((await own.auth.getUser()).error).not.toBeNull();
  });
});

test("rejects callers without the secret key", async () => {
  const { client: own, session } = await newUser();
  const { error } = await own.auth.admin.listUsers();
  expect(error).toMatchObject({ status: 403, code: "not_admin" });
  for (const authorization of [`Bearer ${session.access_token}`, `Bearer ${publishableKey}`]) {
    const answer = await ask(`${apiUrl}/auth/v1/admin/users`, {
      headers: { apikey: publishableKey, authorization },
    });
    expect([401, 403]).toContain(answer.status);
  }
  expect((await ask(`${apiUrl}/auth/v1/admin/users`)).status).toBe(401);
});
