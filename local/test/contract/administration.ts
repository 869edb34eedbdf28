import { expect, test } from "vitest";
import { appClient, goodPassword, newAccount, newEmail, serverClient, target } from "./target.ts";

/** What a server may do with accounts. */
export function administration(): void {
  const admin = () => serverClient().auth.admin;

  test("an account is made, read, changed, listed and deleted", async () => {
    const email = newEmail();
    const made = await admin().createUser({
      email,
      password: goodPassword,
      email_confirm: true,
      user_metadata: { name: "Made" },
      app_metadata: { plan: "gold" },
    });
    expect(made.error).toBeNull();
    const id = made.data.user?.id ?? "";
    expect((await admin().getUserById(id)).data.user).toMatchObject({
      email,
      user_metadata: { name: "Made" },
      app_metadata: { plan: "gold", provider: "email" },
    });
    expect(
      (await appClient().auth.signInWithPassword({ email, password: goodPassword })).error,
    ).toBeNull();

    const changed = await admin().updateUserById(id, {
      password: "Better-horse-8",
      app_metadata: { plan: "silver" },
    });
    expect(changed.data.user?.app_metadata).toMatchObject({ plan: "silver" });
    const attempt = await appClient().auth.signInWithPassword({
      email,
      password: "Better-horse-8",
    });
    expect(attempt.error).toBeNull();

    const { data } = await admin().listUsers({ page: 1, perPage: 1000 });
    expect(data.users.map((user) => user.id)).toContain(id);
    expect((await admin().deleteUser(id)).error).toBeNull();
    const gone = await admin().getUserById(id);
    expect([gone.error?.status, gone.error?.code]).toEqual([404, "user_not_found"]);
  });

  test("an address stays unique here too", async () => {
    const { email } = await newAccount();
    const { error } = await admin().createUser({ email, password: goodPassword });
    expect([error?.status, error?.code]).toEqual([422, "email_exists"]);
  });

  test("a banned account is out, and comes back", async () => {
    const { email, id, client } = await newAccount();
    await admin().updateUserById(id, { ban_duration: "24h" });
    const attempt = () => appClient().auth.signInWithPassword({ email, password: goodPassword });
    const banned = await attempt();
    expect([banned.error?.status, banned.error?.code]).toEqual([400, "user_banned"]);
    expect((await client.auth.getUser()).error?.status).toBe(403);
    await admin().updateUserById(id, { ban_duration: "none" });
    expect((await attempt()).error).toBeNull();
  });

  test("a generated link signs its owner in without a mail", async () => {
    const { email, id } = await newAccount();
    const { data, error } = await admin().generateLink({ type: "recovery", email });
    expect(error).toBeNull();
    expect(data.properties).toMatchObject({
      action_link: expect.stringContaining("/auth/v1/verify?"),
      email_otp: expect.stringMatching(/^\d{6}$/),
      verification_type: "recovery",
    });
    const token_hash = data.properties?.hashed_token ?? "";
    const verified = await appClient().auth.verifyOtp({ type: "recovery", token_hash });
    expect(verified.data.user?.id).toBe(id);
  });

  test("a deleted account's sessions are over, and its rows are gone", async () => {
    const { client, id } = await newAccount();
    await client.from("notes").insert({ text: "left behind" });
    await admin().deleteUser(id);
    expect((await client.auth.refreshSession()).error).not.toBeNull();
    expect((await serverClient().from("notes").select().eq("owner_id", id)).data).toEqual([]);
  });

  test("nobody else may do any of it", async () => {
    const { client, id } = await newAccount();
    const asUser = await client.auth.admin.deleteUser(id);
    expect(asUser.error).not.toBeNull();
    const { url, publishableKey: apikey } = target();
    const token = (await client.auth.getSession()).data.session?.access_token;
    const answer = await fetch(`${url}/auth/v1/admin/users`, {
      headers: { apikey, authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error_code: "not_admin" });
    expect((await admin().getUserById(id)).data.user?.id).toBe(id);
  });
}
