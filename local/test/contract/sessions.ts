import { expect, test } from "vitest";
import { appClient, goodPassword, newAccount, target } from "./target.ts";

/** Refresh tokens and how sessions end. */
export function sessions(): void {
  const refresh = (refresh_token: string) => appClient().auth.refreshSession({ refresh_token });

  const signIn = async (email: string) => {
    const client = appClient();
    const { data } = await client.auth.signInWithPassword({ email, password: goodPassword });
    if (data.session === null) throw new Error("Signing in failed.");
    return { client, session: data.session };
  };

  const refreshed = async (token: string): Promise<string> => {
    const { data, error } = await refresh(token);
    if (data.session === null) throw error ?? new Error("No session.");
    return data.session.refresh_token;
  };

  test("a refresh token is replaced each time it is used", async () => {
    const { session } = await signIn((await newAccount()).email);
    const { data, error } = await refresh(session.refresh_token);
    expect(error).toBeNull();
    expect(data.session?.refresh_token).not.toBe(session.refresh_token);
    expect(data.session?.access_token).not.toBe(session.access_token);
    expect(data.user?.id).toBe(session.user.id);
  });

  test("an answer that was lost may be asked for again", async () => {
    const { session } = await signIn((await newAccount()).email);
    const next = await refreshed(session.refresh_token);
    expect(await refreshed(session.refresh_token)).toBe(next);
  });

  test("a token from further back ends the whole family", async () => {
    const { session } = await signIn((await newAccount()).email);
    const second = await refreshed(session.refresh_token);
    const third = await refreshed(second);
    const stolen = await refresh(session.refresh_token);
    expect([stolen.error?.status, stolen.error?.code]).toEqual([400, "refresh_token_already_used"]);
    const victim = await refresh(third);
    expect(victim.error?.status).toBe(400);
  });

  test("two refreshes at the same time both succeed", async () => {
    const { session } = await signIn((await newAccount()).email);
    const both = await Promise.all([1, 2].map(() => refresh(session.refresh_token)));
    expect(both.map(({ error }) => error)).toEqual([null, null]);
  });

  test("an invented token is refused", async () => {
    const { error } = await refresh("not-a-token1");
    expect([error?.status, error?.code]).toEqual([400, "refresh_token_not_found"]);
  });

  test("signing out ends this session, the others, or all of them", async () => {
    const { email } = await newAccount();
    const isOver = async (token: string) => (await refresh(token)).error !== null;

    const [one, two, three] = [await signIn(email), await signIn(email), await signIn(email)];
    await one.client.auth.signOut({ scope: "local" });
    expect(await isOver(one.session.refresh_token)).toBe(true);
    expect(await isOver(two.session.refresh_token)).toBe(false);

    await three.client.auth.signOut({ scope: "others" });
    const four = await signIn(email);
    expect(await isOver(two.session.refresh_token)).toBe(true);
    expect(await isOver(three.session.refresh_token)).toBe(false);

    await four.client.auth.signOut({ scope: "global" });
    expect(await isOver(four.session.refresh_token)).toBe(true);
    expect(await isOver(three.session.refresh_token)).toBe(true);
  });

  test("a token whose session has ended is refused by Auth", async () => {
    const { client, session } = await signIn((await newAccount()).email);
    await client.auth.signOut();
    const { url, publishableKey: apikey } = target();
    const answer = await fetch(`${url}/auth/v1/user`, {
      headers: { apikey, authorization: `Bearer ${session.access_token}` },
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error_code: "session_not_found" });
  });

  test("a changed password ends the other sessions", async () => {
    const { email } = await newAccount();
    const [mine, other] = [await signIn(email), await signIn(email)];
    const { error } = await mine.client.auth.updateUser({ password: "Better-horse-8" });
    expect(error).toBeNull();
    expect((await refresh(other.session.refresh_token)).error).not.toBeNull();
    expect((await refresh(mine.session.refresh_token)).error).toBeNull();
  });
}
