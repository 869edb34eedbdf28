/** Refresh tokens: rotation and reuse. */
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { client, isEmbedded, newUser, query, signedIn } from "./target.ts";

const refresh = (refresh_token: string) => client().auth.refreshSession({ refresh_token });

async function refreshed(token: string): Promise<string> {
  const { data, error } = await refresh(token);
  if (error !== null) throw error;
  return data.session?.refresh_token ?? "";
}

test("returns new tokens for the same session", async () => {
  const { session, user } = await newUser();
  const { data, error } = await refresh(session.refresh_token);
  expect(error).toBeNull();
  expect(data.user?.id).toBe(user.id);
  expect(data.session?.refresh_token).not.toBe(session.refresh_token);
  const [before, after] = [session.access_token, data.session?.access_token ?? ""].map(decodeJwt);
  expect(after?.session_id).toBe(before?.session_id);
  expect(after?.amr).toEqual(before?.amr);
});

test("rejects an unknown refresh token", async () => {
  const { error } = await refresh("nobodysone12");
  expect(error).toMatchObject({ status: 400, code: "refresh_token_not_found" });
});

test("returns the same new token to concurrent refreshes", async () => {
  const { session } = await newUser();
  const tokens = await Promise.all([1, 2, 3, 4].map(() => refreshed(session.refresh_token)));
  expect(new Set(tokens).size).toBe(1);
});

test("returns the active token for a token that was just used", async () => {
  const { session } = await newUser();
  const next = await refreshed(session.refresh_token);
  expect(await refreshed(session.refresh_token)).toBe(next);
});

// Backdating depends on how tokens are stored, which is not part of the contract.
test.runIf(isEmbedded)(
  "ends the whole session when an old token is reused, and no other session",
  async () => {
    const { session, user, email } = await newUser();
    const other = await signedIn(email);
    const second = await refreshed(session.refresh_token);
    const third = await refreshed(second);
    await query(
      "update auth.refresh_tokens set updated_at = now() - interval '1 hour' where revoked and user_id = $1",
      [user.id],
    );
    const stolen = await refresh(session.refresh_token);
    expect(stolen.error).toMatchObject({ status: 400, code: "refresh_token_already_used" });
    expect((await refresh(third)).error?.status).toBe(400);
    expect((await refresh(other.session.refresh_token)).error).toBeNull();
  },
);

test("rejects a refresh after the session's timebox", async () => {
  const { session, user } = await newUser();
  await query(
    "update auth.sessions set created_at = now() - interval '721 hours' where user_id = $1",
    [user.id],
  );
  const { error } = await refresh(session.refresh_token);
  expect(error).toMatchObject({ status: 400, code: "session_expired" });
});

test("accepts an existing session with setSession", async () => {
  const { session, user } = await newUser();
  const { data, error } = await client().auth.setSession(session);
  expect(error).toBeNull();
  expect(data.user?.id).toBe(user.id);
});
