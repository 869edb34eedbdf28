/** The user's own account: passwords, addresses, metadata, and the emails that confirm them. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuthService, AuthWorld, password, randomEmail } from "./world.ts";

let world: AuthWorld;
let sql: Sql;
let service: AuthService;
const site = "http://127.0.0.1:3000";
const next = "Another-horse-8!";

beforeAll(async () => {
  world = await AuthWorld.start();
  sql = world.sql;
  service = await world.service(`
[auth]
site_url = "${site}"
additional_redirect_urls = ["https://app.example.com/**", "https://*.example.org/done", "shop://back"]
minimum_password_length = 8
`);
});

afterAll(() => world.stop());

const refused = (status: number, code: string) => ({ status, json: { code } });
const put = (bearer: string, body: object, path = "/user", on = service) =>
  on.call("PUT", path, { bearer, body });

/** Backdates when emails were sent to an account. */
const backdateMails = (email: string, minutes = 1) => sql`
  update auth.users
  set recovery_sent_at = recovery_sent_at - make_interval(mins => ${minutes}),
    email_change_sent_at = email_change_sent_at - make_interval(mins => ${minutes}),
    reauthentication_sent_at = reauthentication_sent_at - make_interval(mins => ${minutes})
  where email = ${email}`;

describe("metadata", () => {
  test("is merged key by key; a key set to null is removed", async () => {
    const { access_token } = await service.newUser({ name: "Ada", nested: { a: 1, b: null } });
    const data = { name: null, city: "London", empty: { kept: null } };
    const { status, json } = await put(access_token, { data });
    expect(status).toBe(200);
    expect(json.user_metadata).toMatchObject({
      city: "London",
      nested: { a: 1, b: null },
      empty: { kept: null },
    });
    expect(json.user_metadata).not.toHaveProperty("name");
  });

  test("rejects changes of app_metadata by the user", async () => {
    const { access_token } = await service.newUser();
    const answer = await put(access_token, { app_metadata: { admin: true }, data: { a: 1 } });
    expect(answer).toMatchObject(refused(403, "not_admin"));
    const { json } = await service.call("GET", "/user", { bearer: access_token });
    expect(json.app_metadata).toEqual({ provider: "email", providers: ["email"] });
    expect(json.user_metadata).not.toHaveProperty("a");
  });
});

describe("a password change", () => {
  test("ends the other sessions and invalidates links sent before", async () => {
    const { email, access_token } = await service.newUser();
    const other = (await service.signIn(email)).json.access_token;
    await service.post("/recover", { email });
    const { hash } = await world.mailedToken(email);
    const changed = await put(access_token, { password: next });
    expect(changed.status).toBe(200);
    expect(changed.json).not.toHaveProperty("recovery_sent_at");
    expect((await service.call("GET", "/user", { bearer: access_token })).status).toBe(200);
    expect(await service.call("GET", "/user", { bearer: other })).toMatchObject(
      refused(403, "session_not_found"),
    );
    expect(await service.post("/verify", { type: "recovery", token_hash: hash })).toMatchObject(
      refused(403, "otp_expired"),
    );
    expect(await service.signIn(email)).toMatchObject(refused(400, "invalid_credentials"));
    expect((await service.signIn(email, next)).status).toBe(200);
  });

  test.each([
    ["the current password", password, 422, "same_password"],
    ["a weak password", "short", 422, "weak_password"],
    ["longer than 72 bytes", "x".repeat(73), 400, "validation_failed"],
  ])("cannot be %s", async (_what, candidate, status, code) => {
    const { access_token, email } = await service.newUser();
    expect(await put(access_token, { password: candidate })).toMatchObject(refused(status, code));
    expect((await service.signIn(email)).status).toBe(200);
  });

  test("needs the current password if the project requires it, except in a session from a recovery link", async () => {
    const careful = await world.service("[auth.email]\nrequire_current_password = true");
    const { email, access_token } = await careful.newUser();
    const change = (body: object, bearer = access_token) => put(bearer, body, "/user", careful);
    expect(await change({ password: next })).toMatchObject(
      refused(400, "current_password_required"),
    );
    expect(await change({ password: next, current_password: "Wrong-horse-7!" })).toMatchObject(
      refused(400, "current_password_invalid"),
    );
    expect((await change({ password: next, current_password: password })).status).toBe(200);
    await careful.post("/recover", { email });
    const { hash } = await world.mailedToken(email);
    const { json } = await careful.post("/verify", { type: "recovery", token_hash: hash });
    expect((await change({ password: "Third-horse-9!" }, json.access_token)).status).toBe(200);
  });

  test("needs a recent session or a reauthentication code if the project requires it", async () => {
    const secure = await world.service("[auth.email]\nsecure_password_change = true");
    const { email, user, access_token } = await secure.newUser();
    const change = (body: object) => put(access_token, body, "/user", secure);
    expect((await change({ password: next })).status).toBe(200);
    await sql`update auth.sessions set created_at = now() - interval '25 hours' where user_id = ${user.id}`;
    const newPassword = { password: "Third-horse-9!" };
    expect(await change(newPassword)).toMatchObject(refused(400, "reauthentication_needed"));
    const asked = await secure.call("GET", "/reauthenticate", { bearer: access_token });
    expect(asked).toMatchObject({ status: 200, json: {} });
    const { code } = await world.mailedToken(email);
    expect(code).toMatch(/^\d{6}$/);
    const wrong = code === "111111" ? "222222" : "111111";
    expect(await change({ ...newPassword, nonce: wrong })).toMatchObject(
      refused(400, "reauthentication_not_valid"),
    );
    expect((await change({ ...newPassword, nonce: code })).status).toBe(200);
    expect(await change({ password: "Fourth-horse-9!", nonce: code })).toMatchObject(
      refused(400, "reauthentication_not_valid"),
    );
    const soon = await secure.call("GET", "/reauthenticate", { bearer: access_token });
    expect(soon.status).toBe(200);
    expect(await secure.call("GET", "/reauthenticate", { bearer: access_token })).toMatchObject(
      refused(429, "over_email_send_rate_limit"),
    );
  });
});

describe("an email change", () => {
  test("is confirmed by both addresses, in any order", async () => {
    for (const order of ["old first", "new first"]) {
      const { email, access_token } = await service.newUser();
      const to = randomEmail();
      const { status, json } = await put(access_token, { email: to.toUpperCase() });
      expect(status).toBe(200);
      expect(json).toMatchObject({ email, new_email: to });
      const proofs = [await world.mailedToken(email), await world.mailedToken(to)];
      const [first, second] = order === "old first" ? proofs : proofs.reverse();
      const half = await service.post("/verify", { type: "email_change", token_hash: first?.hash });
      expect(half).toMatchObject({ status: 200, json: { code: "200", msg: expect.any(String) } });
      const twice = await service.post("/verify", {
        type: "email_change",
        token_hash: first?.hash,
      });
      expect(twice).toMatchObject(refused(403, "otp_expired"));
      const done = await service.post("/verify", {
        type: "email_change",
        token_hash: second?.hash,
      });
      expect(done.json.user).toMatchObject({ email: to });
      expect(done.json.user).not.toHaveProperty("new_email");
      expect(done.json.user.identities[0].identity_data.email).toBe(to);
      expect((await service.signIn(to)).status).toBe(200);
      expect((await service.signIn(email)).status).toBe(400);
    }
  });

  test("can be confirmed with codes", async () => {
    const { email, access_token } = await service.newUser();
    const to = randomEmail();
    await put(access_token, { email: to });
    const verify = (address: string, token: string) =>
      service.post("/verify", { type: "email_change", email: address, token });
    const codes = [await world.mailedToken(email), await world.mailedToken(to)];
    expect((await verify(email, codes[0]?.code ?? "")).json.code).toBe("200");
    expect((await verify(to, codes[1]?.code ?? "")).json.user.email).toBe(to);
  });

  test("is confirmed only by the new address if the project disables double confirmation", async () => {
    const single = await world.service("[auth.email]\ndouble_confirm_changes = false");
    const { email, access_token } = await single.newUser();
    const to = randomEmail();
    await put(access_token, { email: to }, "/user", single);
    expect(await world.mailsTo(email)).toEqual([]);
    const { hash } = await world.mailedToken(to);
    const { json } = await single.post("/verify", { type: "email_change", token_hash: hash });
    expect(json.user.email).toBe(to);
  });

  test("rejects an address of another account, at the request and at the confirmation", async () => {
    const single = await world.service("[auth.email]\ndouble_confirm_changes = false");
    const other = await single.newUser();
    const { access_token } = await single.newUser();
    expect(await put(access_token, { email: other.email }, "/user", single)).toMatchObject(
      refused(422, "email_exists"),
    );
    const to = randomEmail();
    expect((await put(access_token, { email: to }, "/user", single)).status).toBe(200);
    await single.post("/signup", { email: to, password });
    const { hash } = await world.mailedToken(to);
    expect(await single.post("/verify", { type: "email_change", token_hash: hash })).toMatchObject(
      refused(422, "email_exists"),
    );
  });

  test("is sent again on request, but not within a second", async () => {
    const { email, access_token } = await service.newUser();
    const to = randomEmail();
    await put(access_token, { email: to });
    expect(await put(access_token, { email: to })).toMatchObject(
      refused(429, "over_email_send_rate_limit"),
    );
    await backdateMails(email);
    expect((await service.post("/resend", { type: "email_change", email })).status).toBe(200);
    expect(await world.mailsTo(to)).toHaveLength(2);
  });
});

describe("password recovery", () => {
  const recover = async (email: string, query = "", body: object = {}) => {
    const answer = await service.post(`/recover${query}`, { email, ...body });
    expect(answer).toMatchObject({ status: 200, json: {} });
    return world.mailedToken(email);
  };

  test("signs in once, by code or hash, and only with the right address", async () => {
    const { email, user } = await service.newUser();
    const { code } = await recover(email);
    const verify = (body: object) => service.post("/verify", { type: "recovery", ...body });
    expect(await verify({ email: randomEmail(), token: code })).toMatchObject(
      refused(403, "otp_expired"),
    );
    const { status, json } = await verify({ email: email.toUpperCase(), token: code });
    expect(status).toBe(200);
    expect(json.user.id).toBe(user.id);
    expect(await verify({ email, token: code })).toMatchObject(refused(403, "otp_expired"));
    await backdateMails(email);
    const { hash } = await recover(email);
    expect(hash).toMatch(/^[0-9a-f]{56}$/);
    const both = await Promise.all([1, 2, 3].map(() => verify({ token_hash: hash })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
  });

  test("stores only a hash of the code", async () => {
    const { email, user } = await service.newUser();
    const { code, hash } = await recover(email);
    const [row] = await sql`
      select u::text as account, t.token_hash
      from auth.users as u join auth.one_time_tokens as t on t.user_id = u.id
      where u.id = ${user.id}`;
    expect(row?.token_hash).toBe(hash);
    expect(row?.account).not.toContain(code);
  });

  test("rejects an expired token and one that a newer token replaced", async () => {
    const { email, user } = await service.newUser();
    const first = await recover(email);
    await backdateMails(email);
    const second = await recover(email);
    const verify = (token_hash: string) =>
      service.post("/verify", { type: "recovery", token_hash });
    expect(await verify(first.hash)).toMatchObject(refused(403, "otp_expired"));
    await sql`
      update auth.one_time_tokens set created_at = created_at - interval '61 minutes'
      where user_id = ${user.id}`;
    expect(await verify(second.hash)).toMatchObject({
      ...refused(403, "otp_expired"),
      json: { message: "Email link is invalid or has expired" },
    });
  });

  test("responds the same for an unknown address, and rejects a request without an address", async () => {
    expect(await service.post("/recover", { email: randomEmail() })).toMatchObject({
      status: 200,
      json: {},
    });
    expect(await service.post("/recover", {})).toMatchObject(refused(400, "validation_failed"));
  });

  test.each([
    ["no fields", {}],
    ["no type", { token_hash: "x" }],
    ["an unknown type", { type: "toString", token_hash: "x" }],
    ["a hash and a code", { type: "recovery", token_hash: "x", token: "1" }],
    ["a hash and an address", { type: "recovery", token_hash: "x", email: "a@b.co" }],
    ["a code without an address", { type: "recovery", token: "123456" }],
  ])("rejects a verification with %s", async (_what, body) => {
    expect(await service.post("/verify", body)).toMatchObject(refused(400, "validation_failed"));
  });

  test("confirms an unconfirmed address, and rejects a banned user", async () => {
    const strict = await world.service("[auth.email]\nenable_confirmations = true");
    const { email, id } = await strict.newUser();
    const { hash } = await recover(email);
    const { json } = await service.post("/verify", { type: "recovery", token_hash: hash });
    expect(json.user.email_confirmed_at).toEqual(expect.any(String));
    await backdateMails(email);
    const again = await recover(email);
    await sql`update auth.users set banned_until = now() + interval '1 hour' where id = ${id}`;
    expect(
      await service.post("/verify", { type: "recovery", token_hash: again.hash }),
    ).toMatchObject(refused(403, "user_banned"));
  });

  const follow = async (link: URL) => {
    const { status, headers } = await service.call("GET", `/verify${link.search}`);
    expect(status).toBe(303);
    const to = new URL(headers.get("location") ?? "");
    return { to, fragment: Object.fromEntries(new URLSearchParams(to.hash.slice(1))) };
  };

  test("redirects a followed link to the app with tokens in the fragment", async () => {
    const { email, user } = await service.newUser();
    const requested = "https://app.example.com/deep/page?kept=1";
    const { link } = await recover(email, `?redirect_to=${encodeURIComponent(requested)}`);
    expect(link.href).toContain(`${service.settings.apiUrl}/auth/v1/verify?token=`);
    const { to, fragment } = await follow(link);
    expect(to.href.startsWith(`${requested}#`)).toBe(true);
    expect(fragment).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^[a-z0-9]{12}$/),
      expires_in: "3600",
      expires_at: expect.stringMatching(/^\d+$/),
      token_type: "bearer",
      type: "recovery",
    });
    const { json } = await service.call("GET", "/user", { bearer: fragment.access_token ?? "" });
    expect(json.id).toBe(user.id);
    const again = await follow(link);
    expect(again.to.search).toBe("?kept=1");
    expect(again.fragment).toEqual({
      error: "access_denied",
      error_code: "otp_expired",
      error_description: "Email link is invalid or has expired",
    });
  });

  test("redirects the first link of an email change with a message about the second", async () => {
    const { email, access_token } = await service.newUser();
    await put(access_token, { email: randomEmail() });
    const { fragment } = await follow((await world.mailedToken(email)).link);
    expect(fragment.message).toContain("other email");
  });

  test("redirects a PKCE link with a code that only the requesting client can exchange", async () => {
    const kept = new Map<string, string>();
    const client = service.client(undefined, {
      flowType: "pkce",
      persistSession: true,
      storage: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
        removeItem: (key: string) => void kept.delete(key),
      },
    });
    const { email, user } = await service.newUser();
    expect((await client.auth.resetPasswordForEmail(email)).error).toBeNull();
    const { link } = await world.mailedToken(email);
    expect(link.searchParams.get("token")).toMatch(/^pkce_[0-9a-f]{56}$/);
    const { to } = await follow(link);
    expect(to.hash).toBe("");
    const auth_code = to.searchParams.get("code") ?? "";
    const redeem = (code_verifier: string) =>
      service.post("/token?grant_type=pkce", { auth_code, code_verifier });
    expect(await redeem("x".repeat(43))).toMatchObject(refused(400, "bad_code_verifier"));
    const { data, error } = await client.auth.exchangeCodeForSession(auth_code);
    expect(error).toBeNull();
    expect(data.user?.id).toBe(user.id);
    expect(await redeem("x".repeat(43))).toMatchObject(refused(404, "flow_state_not_found"));
    const again = await follow(link);
    expect(again.to.searchParams.get("error_code")).toBe("otp_expired");
    expect(again.fragment.error_code).toBe("otp_expired");
  });

  test("rejects a PKCE code after five minutes", async () => {
    const { email, user } = await service.newUser();
    const challenge = { code_challenge: "a".repeat(43), code_challenge_method: "plain" };
    const { link } = await recover(email, "", challenge);
    const auth_code = (await follow(link)).to.searchParams.get("code");
    await sql`
      update auth.flow_state set auth_code_issued_at = now() - interval '6 minutes'
      where user_id = ${user.id}`;
    const body = { auth_code, code_verifier: challenge.code_challenge };
    expect(await service.post("/token?grant_type=pkce", body)).toMatchObject(
      refused(422, "flow_state_expired"),
    );
  });

  test.each([
    ["", site],
    [`${site}/other?a=b`, `${site}/other?a=b`],
    ["http://127.0.0.1:5173/dev", "http://127.0.0.1:5173/dev"],
    ["https://127.0.0.1/dev", site],
    ["https://app.example.com/a/b", "https://app.example.com/a/b"],
    ["https://app.example.com.evil.test/a", site],
    ["https://one.example.org/done", "https://one.example.org/done"],
    ["https://one.two.example.org/done", site],
    ["https://one.example.org/done/more", site],
    ["shop://back", "shop://back"],
    ["shop://elsewhere", site],
    ["https://evil.test/", site],
    ["https://app.example.com@evil.test/", site],
    ["https://user:pw@app.example.com/a", site],
    ["javascript:alert(1)//https://app.example.com/", site],
    ["//evil.test", site],
    ["https://evil.test\\@app.example.com/a", site],
    ["not a URL", site],
  ])("redirects a request for %j to %s", async (requested, expected) => {
    const { email } = await service.newUser();
    const { link } = await recover(email, `?redirect_to=${encodeURIComponent(requested)}`);
    expect(link.searchParams.get("redirect_to")).toBe(expected);
    // The same check applies to a link that was modified.
    link.searchParams.set("redirect_to", requested);
    const { to } = await follow(link);
    expect(to.href.split("#")[0]).toBe(new URL(expected).href);
  });
});

describe("emails", () => {
  test("use the project's templates, with values escaped", async () => {
    const own = await world.service(
      `
[auth.email.template.recovery]
subject = "For {{ .Data.name }}"
content_path = "./supabase/templates/recovery.html"
`,
      {
        "supabase/templates/recovery.html":
          '<a href="{{ .ConfirmationURL }}">{{.Data.name}}</a> {{ .Token }} {{ .TokenHash }} ' +
          "{{ .SiteURL }} {{ .RedirectTo }} {{ .Email }} [{{ .NewEmail }}] [{{ .Data.none.deep }}] " +
          "[{{ .Data.constructor }}]",
      },
    );
    const { email } = await own.newUser({ name: '<b>Ada</b>\n& "co"' });
    await own.post("/recover", { email });
    const [mail] = await world.mailsTo(email);
    expect(mail?.Subject).toBe('For <b>Ada</b> & "co"');
    expect(mail?.HTML).toContain("&lt;b&gt;Ada&lt;/b&gt;\n&amp; &#34;co&#34;</a>");
    expect(mail?.HTML).toMatch(/ \d{6} [0-9a-f]{56} http:\/\/127\.0\.0\.1:3000 /);
    expect(mail?.HTML).toContain(`${email} [] [] []`);
    expect(mail?.HTML).toContain("&amp;type=recovery&amp;redirect_to=");
  });

  test("have a built-in layout, which loads nothing and reads as plain text", async () => {
    const { email } = await service.newUser();
    await service.post("/recover", { email });
    const [mail] = await world.mailsTo(email);
    const { code, link } = await world.mailedToken(email);
    expect(mail?.HTML).not.toMatch(/<(link|img|script)\b|@import|url\(|\{\{/);
    expect(mail?.Text).toBe(
      "We received a request to reset your password.\n" +
        `Choose a new password: ${link.href}\nOr enter this code: ${code}`,
    );
  });

  test("fail the request and store no token if they cannot be created or sent", async () => {
    const broken = await world.service(
      '[auth.email.template.recovery]\ncontent_path = "./supabase/templates/none.html"',
    );
    const { email, user } = await broken.newUser();
    expect(await broken.post("/recover", { email })).toMatchObject(
      refused(500, "unexpected_failure"),
    );
    expect(broken.logged.join("")).toContain("none.html");
    const silent = await world.service("", {}, { mailUrl: "http://127.0.0.1:9" });
    expect(await silent.post("/recover", { email })).toMatchObject(
      refused(500, "unexpected_failure"),
    );
    const rows = await sql`select from auth.one_time_tokens where user_id = ${user.id}`;
    expect(rows).toHaveLength(0);
  });

  test("contain codes of the configured length", async () => {
    const long = await world.service("[auth.email]\notp_length = 8");
    const { email } = await long.newUser();
    await long.post("/recover", { email });
    expect((await world.mailedToken(email)).code).toMatch(/^\d{8}$/);
  });
});
