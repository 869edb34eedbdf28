import { afterAll, describe, expect, test } from "vitest";
import { password, someEmail } from "../world/people.ts";
import { apiUrl, openDatabase, rest } from "../world/stack.ts";
import { documentedFetch } from "./document.ts";
import { mailTo, resetToken } from "./mail.ts";
import { anotherSession, Caller, invalid, person, refusal, refused } from "./support.ts";

/** Opens a link of a mail, as a browser does. */
const followed = (link: string) => documentedFetch(link.slice(rest.length));

const newPassword = "Other-horse-8!";
const sql = openDatabase();
afterAll(() => sql.end());

describe("the email after signing up", () => {
  test("contains a link that verifies the address", async () => {
    const caller = await person("talent", "<i>Ada</i>");
    const { HTML, Text } = await mailTo(caller.email, /confirm/i);
    expect(HTML).toContain("&lt;i&gt;Ada&lt;/i&gt;");
    expect(HTML).not.toContain("<i>Ada");
    const link = /https?:\S+\/auth\/verify-email\?token=\S+/.exec(Text)?.[0] ?? "";
    expect(link.startsWith(`${apiUrl}/functions/v1/api/auth/verify-email?token=`)).toBe(true);

    const opened = await followed(link);
    expect([opened.status, await opened.json()]).toEqual([200, { verified: true }]);
    expect((await caller.get("/users/me")).body.emailVerified).toBe(true);
    expect((await followed(link)).status, "scanners open links too").toBe(200);
  });

  test("leads a browser to the app, with the result", async () => {
    const caller = await person("talent");
    const { Text } = await mailTo(caller.email, /confirm/i);
    const link = /https?:\S+\/auth\/verify-email\?token=\S+/.exec(Text)?.[0] ?? "";
    const open = async (url: string) => {
      const headers = { accept: "text/html", "x-forwarded-for": caller.address };
      const { status, headers: answered } = await documentedFetch(url.slice(rest.length), {
        headers,
        redirect: "manual",
      });
      return [status, answered.get("location")];
    };
    const [site] = await sql<{ url: string }[]>`select private.site_url() as url`;
    expect(await open(link)).toEqual([303, `${site?.url}/?emailVerified=true`]);
    expect((await caller.get("/users/me")).body.emailVerified).toBe(true);
    expect(await open(`${link}x`)).toEqual([303, `${site?.url}/?error=INVALID_VERIFICATION_TOKEN`]);
  });

  test("refuses a token that does not exist", async () => {
    const caller = new Caller();
    expect(refusal(await caller.get("/auth/verify-email?token=nonsense"))).toEqual(
      refused(400, "INVALID_VERIFICATION_TOKEN"),
    );
    expect(refusal(await caller.get("/auth/verify-email"))).toEqual(invalid("token"));
  });
});

describe("a forgotten password", () => {
  test("is replaced with the token from the email, which ends all sessions", async () => {
    const first = await person("talent");
    const second = await anotherSession(first);
    const { email } = first;
    const visitor = new Caller();
    const asked = await visitor.post("/auth/forgot-password", { email });
    expect([asked.status, asked.body]).toEqual([200, { message: "Password reset email sent" }]);
    const token = await resetToken(email);

    const weak = await visitor.post("/auth/reset-password", { token, newPassword: "weak" });
    expect(refusal(weak)).toEqual(refused(400, "WEAK_PASSWORD", "newPassword"));
    const reset = await visitor.post("/auth/reset-password", { token, newPassword });
    expect([reset.status, reset.body]).toEqual([200, { message: "Password reset successful" }]);

    for (const session of [first, second]) {
      expect(refusal(await session.get("/users/me"))).toEqual(refused(401, "SESSION_REVOKED"));
      const { refreshToken } = session;
      expect((await session.post("/auth/refresh", { refreshToken })).status).toBe(401);
    }
    expect(refusal(await visitor.post("/auth/login", { email, password })).code).toBe(
      "INVALID_CREDENTIALS",
    );
    expect((await visitor.post("/auth/login", { email, password: newPassword })).status).toBe(200);
    const again = await visitor.post("/auth/reset-password", { token, newPassword: "Third-9!xx" });
    expect(refusal(again)).toEqual(refused(400, "INVALID_RESET_TOKEN"));
  });

  test("cannot be replaced by the same password, and the refusal opens no session", async () => {
    const { email } = await person("creator");
    const visitor = new Caller();
    await visitor.post("/auth/forgot-password", { email });
    const token = await resetToken(email);
    const same = await visitor.post("/auth/reset-password", { token, newPassword: password });
    expect(refusal(same)).toEqual(invalid("newPassword"));
    expect((await visitor.post("/auth/login", { email, password })).status).toBe(200);
  });

  test("gets the same response for an unknown address", async () => {
    const visitor = new Caller();
    const { status, body } = await visitor.post("/auth/forgot-password", { email: someEmail() });
    expect([status, body]).toEqual([200, { message: "Password reset email sent" }]);
    expect(refusal(await visitor.post("/auth/forgot-password", { email: "x" }))).toEqual(
      invalid("email"),
    );
  });

  test("can be requested 3 times per hour for an address, known or unknown", async () => {
    for (const { email } of [await person("talent"), { email: someEmail() }]) {
      for (let asked = 0; asked < 3; asked += 1) {
        expect((await new Caller().post("/auth/forgot-password", { email })).status).toBe(200);
      }
      const fourth = await new Caller().post("/auth/forgot-password", { email });
      expect(refusal(fourth)).toEqual(refused(429, "RATE_LIMITED"));
      expect(Number(fourth.headers.get("retry-after"))).toBeGreaterThan(3000);
    }
  });

  test("is not replaced with an unknown token or missing fields", async () => {
    const visitor = new Caller();
    const bad = await visitor.post("/auth/reset-password", { token: "nonsense", newPassword });
    expect(refusal(bad)).toEqual(refused(400, "INVALID_RESET_TOKEN"));
    expect(refusal(await visitor.post("/auth/reset-password", {}))).toEqual(
      invalid("token", "newPassword"),
    );
  });
});
