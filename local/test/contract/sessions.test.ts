/** Refresh tokens: rotation, reuse and its consequences. */
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { client, isEmbedded, query, signedIn, somebody } from "./target.ts";

const refresh = (refresh_token: string) => client().auth.refreshSession({ refresh_token });

async function refreshed(token: string): Promise<string> {
  const { data, error } = await refresh(token);
  if (error !== null) throw error;
  return data.session?.refresh_token ?? "";
}

test("a refresh gives a new pair for the same session", async () => {
  const { session, user } = await somebody();
  const { data, error } = await refresh(session.refresh_token);
  expect(error).toBeNull();
  expect(data.user?.id).toBe(user.id);
  expect(data.session?.refresh_token).not.toBe(session.refresh_token);
  const [before, after] = [session.access_token, data.session?.access_token ?? ""].map(decodeJwt);
  expect(after?.session_id).toBe(before?.session_id);
  expect(after?.amr).toEqual(before?.amr);
});

test("an unknown token is told as such", async () => {
  const { error } = await refresh("nobodysone12");
  expect(error).toMatchObject({ status: 400, code: "refresh_token_not_found" });
});

test("tabs that refresh at the same time all get the same new token", async () => {
  const { session } = await somebody();
  const tokens = await Promise.all([1, 2, 3, 4].map(() => refreshed(session.refresh_token)));
  expect(new Set(tokens).size).toBe(1);
});

test("a token that was used a moment ago gives the active one", async () => {
  const { session } = await somebody();
  const next = await refreshed(session.refresh_token);
  expect(await refreshed(session.refresh_token)).toBe(next);
});

// Back-dating needs to know how tokens are stored, which is not part of the contract.
test.runIf(isEmbedded)("a stolen token ends its whole session, and no other", async () => {
  const { session, user, email } = await somebody();
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
});

test("a session is over when its time-box is, whatever was refreshed", async () => {
  const { session, user } = await somebody();
  await query(
    "update auth.sessions set created_at = now() - interval '721 hours' where user_id = $1",
    [user.id],
  );
  const { error } = await refresh(session.refresh_token);
  expect(error).toMatchObject({ status: 400, code: "session_expired" });
});

test("setSession takes a pair over", async () => {
  const { session, user } = await somebody();
  const { data, error } = await client().auth.setSession(session);
  expect(error).toBeNull();
  expect(data.user?.id).toBe(user.id);
});
