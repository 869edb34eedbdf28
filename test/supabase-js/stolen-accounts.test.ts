import { afterAll, describe, expect, test } from "vitest";
import { mailTo, resetToken } from "../rest/mail.ts";
import { password } from "../world/people.ts";
import { apiUrl, openDatabase, publishableKey } from "../world/stack.ts";
import { anonymousClient, signUp } from "../world/through-supabase-js.ts";

/** Attempts to take over an account, or to keep its owner out, through Auth itself. */
const sql = openDatabase();
afterAll(() => sql.end());

const newPassword = "Other-horse-8!";
const api = (client = anonymousClient()) => client.schema("api");

const stored = async (id: string) => {
  const [row] = await sql`
    select email, encrypted_password, (select count(*)::int from auth.sessions where user_id = u.id) as sessions
    from auth.users as u where id = ${id}`;
  return row;
};

/** The hash that Auth stores of the code it would mail: what a guesser looks for. */
async function hashOfAuth(id: string): Promise<string> {
  const [row] = await sql`
    select token_hash from auth.one_time_tokens
    where user_id = ${id} and token_type = 'recovery_token'`;
  return row?.token_hash;
}

const verify = (body: object) =>
  fetch(`${apiUrl}/auth/v1/verify`, {
    method: "POST",
    headers: { apikey: publishableKey, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe("a guessed code of Auth", () => {
  test("opens no session, even if it is the right one", async () => {
    const { id, email } = await signUp("talent");
    const before = await stored(id);
    await anonymousClient().auth.resetPasswordForEmail(email);
    for (const type of ["recovery", "magiclink", "email"]) {
      const answer = await verify({ type, token_hash: await hashOfAuth(id) });
      expect([answer.status, (await answer.json()).access_token], type).toEqual([403, undefined]);
    }
    const link = `${apiUrl}/auth/v1/verify?type=recovery&token=${await hashOfAuth(id)}`;
    const followed = await fetch(link, { redirect: "manual" });
    expect(followed.headers.get("location")).not.toContain("access_token");
    expect(await stored(id)).toEqual(before);
  });

  test("is never mailed", async () => {
    const { id, email, client } = await signUp("talent");
    const { error } = await anonymousClient().auth.signInWithOtp({ email });
    expect(error?.status).toBe(403);
    expect((await client.auth.reauthenticate()).error?.status).toBe(403);
    const rows = await sql`
      select kind from private.outbox where user_id = ${id} or recipient = ${email}`;
    expect(rows.map(({ kind }) => kind)).toEqual(["verify_email"]);
  });
});

test("requests of others do not take away a mailed reset token", async () => {
  const { email } = await signUp("talent");
  expect((await api().rpc("forgot_password", { email })).error).toBeNull();
  const token = await resetToken(email);
  for (let round = 0; round < 5; round += 1) {
    await anonymousClient().auth.resetPasswordForEmail(email);
    await anonymousClient().auth.signInWithOtp({ email });
  }
  for (let round = 0; round < 5; round += 1) await api().rpc("forgot_password", { email });

  expect((await api().rpc("reset_password", { token, newPassword })).error).toBeNull();
  const signedIn = await anonymousClient().auth.signInWithPassword({
    email,
    password: newPassword,
  });
  expect(signedIn.error).toBeNull();
});

describe("a stolen access token", () => {
  test("cannot change the password or the address at Auth", async () => {
    const { id, email, client } = await signUp("talent");
    const before = await stored(id);
    const changes = [
      { password: newPassword },
      { password: newPassword, nonce: "0000000000" },
      { password: newPassword, nonce: "0000000000", current_password: password },
      // The current password is neither confirmed nor denied.
      { password },
      { email: `new-${email}` },
    ];
    const codes: unknown[] = [];
    for (const change of changes) codes.push((await client.auth.updateUser(change)).error?.code);
    expect(codes.slice(0, 4)).toEqual([
      "reauthentication_needed",
      "reauthentication_not_valid",
      "reauthentication_not_valid",
      "reauthentication_needed",
    ]);
    expect(codes[4]).toBeTruthy();
    expect(await stored(id)).toEqual(before);
  });

  test("allows 5 guesses of the password in 15 minutes", async () => {
    const { id, client } = await signUp("talent");
    const hints: unknown[] = [];
    for (let guess = 0; guess < 20; guess += 1) {
      const currentPassword = guess === 19 ? password : `Guess-number-${guess}`;
      const { error } = await api(client).rpc("change_password", { currentPassword, newPassword });
      hints.push(error?.hint);
    }
    expect(hints.filter((hint) => hint === "WRONG_PASSWORD")).toHaveLength(5);
    expect(hints.slice(5)).toEqual(Array(15).fill("RATE_LIMITED"));
    expect((await stored(id))?.sessions).toBe(1);
  });
});

test("the owner changes the password; other devices are signed out, and a mail tells it", async () => {
  const { email, client } = await signUp("talent");
  const thief = anonymousClient();
  await thief.auth.signInWithPassword({ email, password });
  const change = { currentPassword: password, newPassword };
  expect((await api(client).rpc("change_password", change)).error).toBeNull();
  expect((await api(thief).rpc("get_me")).error?.hint).toBe("SESSION_REVOKED");
  expect((await api(client).rpc("get_me")).error).toBeNull();
  await mailTo(email, /password was changed/);
  const { data } = await api(client).rpc("list_security_events");
  expect(data.events.map(({ type }: { type: string }) => type)).toEqual([
    "password_changed",
    "signed_in",
    "signed_in",
  ]);
});

test("the owner of an address resets the password, and nothing of a squatter stays", async () => {
  // The squatter signs up with the owner's address, and prepares to stay.
  const squatter = await signUp("talent");
  const { email } = squatter;
  const link = (await api(squatter.client).rpc("create_calendar_link")).data;
  const newEmail = `other-${email}`;
  await api(squatter.client).rpc("change_email", { password, newEmail });
  const { Text } = await mailTo(newEmail, /Confirm/);
  const pending = /\b[0-9a-f]{64}\b/.exec(Text)?.[0];

  await api().rpc("forgot_password", { email });
  const reset = { token: await resetToken(email), newPassword };
  expect((await api().rpc("reset_password", reset)).error).toBeNull();

  expect((await api(squatter.client).rpc("get_me")).error?.hint).toBe("SESSION_REVOKED");
  expect((await squatter.client.auth.refreshSession()).error?.status).toBe(400);
  const again = await anonymousClient().auth.signInWithPassword({ email, password });
  expect(again.error?.code).toBe("invalid_credentials");
  const feed = await api().rpc("get_calendar_feed", { token: link.token });
  expect(feed.error?.hint).toBe("NOT_FOUND");
  const changed = await api().rpc("verify_email", { token: pending });
  expect(changed.error?.hint).toBe("INVALID_VERIFICATION_TOKEN");
  const owner = anonymousClient();
  await owner.auth.signInWithPassword({ email, password: newPassword });
  expect((await api(owner).rpc("get_me")).data).toMatchObject({ email, emailVerified: true });
});

test("responses with personal data are not stored or run as a page", async () => {
  const { client } = await signUp("talent");
  const token = (await client.auth.getSession()).data.session?.access_token;
  const own = { apikey: publishableKey, authorization: `Bearer ${token}` };
  const rpc = { method: "POST", headers: { ...own, "content-profile": "api" } };
  const answers = {
    operation: await fetch(`${apiUrl}/rest/v1/rpc/get_me`, rpc),
    table: await fetch(`${apiUrl}/rest/v1/profiles?select=id&limit=1`, { headers: own }),
    refused: await fetch(`${apiUrl}/rest/v1/rpc/get_me`, {
      ...rpc,
      headers: { apikey: publishableKey, "content-profile": "api" },
    }),
    account: await fetch(`${apiUrl}/auth/v1/user`, { headers: own }),
    "REST API": await fetch(`${apiUrl}/functions/v1/api/users/me`, { headers: own }),
    "REST API, signed out": await fetch(`${apiUrl}/functions/v1/api/users/me`),
  };
  expect(answers.operation.status).toBe(200);
  expect(answers.account.status).toBe(200);
  for (const [name, { headers }] of Object.entries(answers)) {
    expect([headers.get("cache-control"), headers.get("x-content-type-options")], name).toEqual([
      "no-store",
      "nosniff",
    ]);
  }
});
