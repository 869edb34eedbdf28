/** Password recovery: request, email, new password. */
import { createClient } from "@supabase/supabase-js";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { ask } from "../support/http.ts";
import {
  apiUrl,
  client,
  linkIn,
  mailTo,
  newUser,
  publishableKey,
  randomEmail,
  signedIn,
} from "./target.ts";

const page = "http://127.0.0.1:3000/reset";

/** Follows a link and returns the URL it redirects to, with the parameters of its fragment. */
async function follow(link: URL): Promise<{ readonly to: URL; readonly found: URLSearchParams }> {
  const { status, headers } = await ask(link.href);
  expect(status).toBe(303);
  const to = new URL(headers.location ?? "");
  return { to, found: new URLSearchParams(to.hash.slice(1)) };
}

describe("the recovery email", () => {
  test("has a link that opens a session on the requested page", async () => {
    const { email, user } = await newUser();
    const { error } = await client().auth.resetPasswordForEmail(email, { redirectTo: page });
    expect(error).toBeNull();
    const letter = await mailTo(email);
    expect(letter.To.map(({ Address }) => Address)).toEqual([email]);
    const link = linkIn(letter);
    expect(link.searchParams.get("type")).toBe("recovery");
    expect(link.searchParams.get("redirect_to")).toBe(page);

    const { to, found } = await follow(link);
    expect(to.href.startsWith(page)).toBe(true);
    expect(Object.fromEntries(found)).toMatchObject({
      type: "recovery",
      token_type: "bearer",
      expires_in: "900",
      refresh_token: expect.any(String),
    });
    const claims = decodeJwt(found.get("access_token") ?? "");
    expect(claims.sub).toBe(user.id);

    const again = await follow(link);
    expect(Object.fromEntries(again.found)).toMatchObject({
      error: "access_denied",
      error_code: "otp_expired",
    });
  });

  test("never redirects to a page that is not allowed", async () => {
    const { email } = await newUser();
    await client().auth.resetPasswordForEmail(email, { redirectTo: "https://evil.example/" });
    const link = linkIn(await mailTo(email));
    link.searchParams.set("redirect_to", "https://evil.example/");
    const { to } = await follow(link);
    expect(to.origin).toBe("http://127.0.0.1:3000");
  });

  test("is not sent to an unknown address, with the same response", async () => {
    const { error } = await client().auth.resetPasswordForEmail(randomEmail());
    expect(error).toBeNull();
  });

  test("is not sent again within a second", async () => {
    const { email } = await newUser();
    await client().auth.resetPasswordForEmail(email);
    const { error } = await client().auth.resetPasswordForEmail(email);
    expect(error).toMatchObject({ status: 429, code: "over_email_send_rate_limit" });
  });
});

describe("the token of the recovery email", () => {
  const tokenFor = async (email: string) => {
    await client().auth.resetPasswordForEmail(email);
    return linkIn(await mailTo(email)).searchParams.get("token") ?? "";
  };

  test("opens a session that can set a new password, which ends the other sessions", async () => {
    const { email, client: elsewhere } = await newUser();
    const token_hash = await tokenFor(email);
    const own = client();
    const { data, error } = await own.auth.verifyOtp({ type: "recovery", token_hash });
    expect(error).toBeNull();
    expect(data.user?.email).toBe(email);
    const next = "Another-horse-8!";
    expect((await own.auth.updateUser({ password: next })).error).toBeNull();
    expect((await elsewhere.auth.getUser()).error).not.toBeNull();
    expect((await signedIn(email, next)).email).toBe(email);
  });

  test("works once, and only for recovery", async () => {
    const { email } = await newUser();
    const token_hash = await tokenFor(email);
    const wrong = await client().auth.verifyOtp({ type: "email_change", token_hash });
    expect(wrong.error).toMatchObject({ status: 403, code: "otp_expired" });
    expect((await client().auth.verifyOtp({ type: "recovery", token_hash })).error).toBeNull();
    const again = await client().auth.verifyOtp({ type: "recovery", token_hash });
    expect(again.error).toMatchObject({ status: 403, code: "otp_expired" });
    const made = await client().auth.verifyOtp({ type: "recovery", token_hash: "0".repeat(56) });
    expect(made.error).toMatchObject({ status: 403, code: "otp_expired" });
  });
});

test("with PKCE, the link leads to a code that only the requesting client can exchange", async () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const own = createClient(apiUrl, publishableKey, {
    auth: { flowType: "pkce", storage, autoRefreshToken: false, detectSessionInUrl: false },
  });
  const { email } = await newUser();
  expect((await own.auth.resetPasswordForEmail(email, { redirectTo: page })).error).toBeNull();
  const link = linkIn(await mailTo(email));
  expect(link.searchParams.get("token")).toMatch(/^pkce_/);
  const { to } = await follow(link);
  const code = to.searchParams.get("code") ?? "";
  expect(code).not.toBe("");
  const stranger = await ask(`${apiUrl}/auth/v1/token?grant_type=pkce`, {
    method: "POST",
    headers: { apikey: publishableKey, "content-type": "application/json" },
    body: JSON.stringify({
      auth_code: code,
      code_verifier: "a-guess-that-is-long-enough-to-be-tried-123",
    }),
  });
  expect(stranger.status).toBe(400);
  const { data, error } = await own.auth.exchangeCodeForSession(code);
  expect(error).toBeNull();
  expect(data.user?.email).toBe(email);
});
