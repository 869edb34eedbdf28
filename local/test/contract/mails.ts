import { expect, test } from "vitest";
import { follow, fragmentOf, linkIn, listMails, mailApi, newMail } from "./mailbox.ts";
import { appClient, goodPassword, newAccount, newEmail, target } from "./target.ts";

const app = "http://127.0.0.1:3000";

/** What Auth does by mail, and the inbox that catches it. */
export function mails(): void {
  const forget = async (email: string, options: Record<string, string> = {}) => {
    const { error } = await appClient().auth.resetPasswordForEmail(email, options);
    expect(error).toBeNull();
    return newMail(email);
  };

  test("a forgotten password is replaced through the link", async () => {
    const { email, client: elsewhere } = await newAccount();
    const mail = await forget(email, { redirectTo: `${app}/new-password` });
    const destination = await follow(linkIn(mail));
    expect(destination.href).toMatch(`${app}/new-password#`);
    const told = fragmentOf(destination);
    expect(told).toMatchObject({ type: "recovery", token_type: "bearer" });

    const client = appClient();
    const { access_token = "", refresh_token = "" } = told;
    await client.auth.setSession({ access_token, refresh_token });
    const { error } = await client.auth.updateUser({ password: "Better-horse-8" });
    expect(error).toBeNull();
    const attempt = (password: string) => appClient().auth.signInWithPassword({ email, password });
    expect((await attempt("Better-horse-8")).error).toBeNull();
    expect((await attempt(goodPassword)).error?.code).toBe("invalid_credentials");
    expect((await elsewhere.auth.refreshSession()).error).not.toBeNull();
  });

  test("a link works once", async () => {
    const { email } = await newAccount();
    const link = linkIn(await forget(email));
    await follow(link);
    const again = fragmentOf(await follow(link));
    expect(again).toMatchObject({ error: "access_denied", error_code: "otp_expired" });
  });

  test("an app may verify the link's token or the mailed code itself", async () => {
    const { email, id } = await newAccount();
    const token_hash = linkIn(await forget(email)).searchParams.get("token") ?? "";
    const verified = await appClient().auth.verifyOtp({ type: "recovery", token_hash });
    expect(verified.data.user?.id).toBe(id);
    const again = await appClient().auth.verifyOtp({ type: "recovery", token_hash });
    expect([again.error?.status, again.error?.code]).toEqual([403, "otp_expired"]);

    const wrong = await appClient().auth.verifyOtp({ type: "recovery", email, token: "000000" });
    expect(wrong.error?.code).toBe("otp_expired");
  });

  test("with PKCE the link carries a code that only the asking app can use", async () => {
    const { email, id } = await newAccount();
    const client = appClient({ auth: { flowType: "pkce" } });
    await client.auth.resetPasswordForEmail(email, { redirectTo: `${app}/new-password` });
    const code = (await follow(linkIn(await newMail(email)))).searchParams.get("code") ?? "";
    const stranger = appClient({ auth: { flowType: "pkce" } });
    expect((await stranger.auth.exchangeCodeForSession(code)).error).not.toBeNull();
    const { data, error } = await client.auth.exchangeCodeForSession(code);
    expect(error).toBeNull();
    expect(data.user?.id).toBe(id);
  });

  test("a link leads only where the project allows", async () => {
    const { email } = await newAccount();
    const mail = await forget(email, { redirectTo: "https://evil.example/steal" });
    expect((await follow(linkIn(mail))).host).toBe(new URL(app).host);
  });

  test("nobody learns which addresses have an account", async () => {
    const email = newEmail();
    const { error } = await appClient().auth.resetPasswordForEmail(email);
    expect(error).toBeNull();
    expect((await listMails()).messages.filter(({ To }) => To[0]?.Address === email)).toEqual([]);
  });

  test("a new address is confirmed from the old one and the new one", async () => {
    const { client, email } = await newAccount();
    const next = newEmail();
    const { data, error } = await client.auth.updateUser({ email: next });
    expect(error).toBeNull();
    expect(data.user).toMatchObject({ email, new_email: next });
    const [toOld, toNew] = [await newMail(email), await newMail(next)];
    await follow(linkIn(toOld));
    expect((await client.auth.getUser()).data.user?.email).toBe(email);
    await follow(linkIn(toNew));
    expect((await client.auth.getUser()).data.user?.email).toBe(next);
  });

  test("the inbox lists, shows, searches and deletes", async () => {
    const { email } = await newAccount();
    const mail = await forget(email);
    expect(mail).toMatchObject({
      To: [{ Address: email }],
      From: { Address: expect.stringContaining("@") },
      Subject: expect.any(String),
    });
    expect(mail.HTML).toContain("/auth/v1/verify");
    const query = encodeURIComponent(`to:${email}`);
    const found = await mailApi<{ messages: { ID: string }[] }>(`/search?query=${query}`);
    expect(found.messages.map(({ ID }) => ID)).toEqual([mail.ID]);
    await mailApi("/messages", {
      method: "DELETE",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ IDs: [mail.ID] }),
    });
    const gone = await fetch(`${target().mailUrl}/api/v1/message/${mail.ID}`);
    expect(gone.status).toBe(404);
  });
}
