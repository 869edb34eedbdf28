import { describe, expect, test } from "vitest";
import { clientOf, FakeBackend, json, storedSession, userId } from "./fake-backend.ts";

const version = { "x-supabase-api-version": "2024-01-01" };
const refusal = (status: number, code: string, more: object = {}) =>
  json({ code, message: `Sentence for ${code}.`, ...more }, status, version);
const account = {
  email: "a@example.com",
  password: "Str0ng-enough!",
  name: "Zoë",
  userType: "creator",
  companyName: "Zoë & Co",
} as const;
const me = { id: userId, email: "a@example.com", name: "Zoë", userType: "creator", bio: null };

describe("signing up and in", () => {
  test("answers with the documented card and tokens", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/") ? json(storedSession()) : json(me),
    );
    const onswift = clientOf(backend);
    const { data } = await onswift.auth.signUp(account);
    expect(data).toEqual({
      user: { id: userId, email: "a@example.com", name: "Zoë", userType: "creator" },
      accessToken: expect.stringMatching(/^ey/),
      refreshToken: "refresh-1",
    });
    expect(backend.seen[0]?.body).toMatchObject({
      email: "a@example.com",
      data: { name: "Zoë", userType: "creator", companyName: "Zoë & Co" },
    });
    expect((await onswift.auth.signIn(account as never)).error?.details).toHaveLength(3);
    const { email, password } = account;
    expect((await onswift.auth.signIn({ email, password })).data?.user).toEqual(data?.user);
  });

  test.each([
    [refusal(422, "user_already_exists"), "EMAIL_EXISTS", 409],
    [refusal(422, "email_exists"), "EMAIL_EXISTS", 409],
    [
      refusal(422, "weak_password", { weak_password: { reasons: ["length"] } }),
      "WEAK_PASSWORD",
      400,
    ],
    [refusal(400, "validation_failed"), "VALIDATION_ERROR", 400],
    [refusal(400, "unknown"), "VALIDATION_ERROR", 400],
    [refusal(429, "over_request_rate_limit"), "RATE_LIMITED", 429],
    [refusal(500, "unexpected_failure"), "INTERNAL_ERROR", 500],
    [new TypeError("fetch failed"), "NETWORK", null],
  ])("a refused sign-up: %#", async (reply, code, status) => {
    const onswift = clientOf(new FakeBackend(() => reply));
    const { error } = await onswift.auth.signUp(account);
    expect(error).toMatchObject({ code, status });
  });

  test("a weak password names its field", async () => {
    const weak = { weak_password: { reasons: ["length", "characters"] } };
    const onswift = clientOf(new FakeBackend(() => refusal(422, "weak_password", weak)));
    const { error } = await onswift.auth.signUp(account);
    expect(error?.details?.map(({ field }) => field)).toEqual(["password", "password"]);
  });

  test("an address that waits for confirmation is hidden by the Auth service; known ones exist", async () => {
    const hidden = { id: userId, email: account.email, identities: [] };
    const onswift = clientOf(new FakeBackend(() => json(hidden)));
    expect((await onswift.auth.signUp(account)).error?.code).toBe("EMAIL_EXISTS");
  });

  test.each([
    [refusal(400, "invalid_credentials"), "INVALID_CREDENTIALS", 401],
    [refusal(429, "unknown"), "RATE_LIMITED", 429],
    [refusal(400, "user_banned"), "FORBIDDEN", 403],
  ])("a refused sign-in: %#", async (reply, code, status) => {
    const onswift = clientOf(new FakeBackend(() => reply));
    const { error } = await onswift.auth.signIn({ email: "a@example.com", password: "x" });
    expect(error).toMatchObject({ code, status });
  });
});

describe("refreshing", () => {
  test("gives a new pair", async () => {
    const backend = new FakeBackend(() => json(storedSession()));
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    expect(Object.keys(await onswift.auth.refresh().orThrow())).toEqual([
      "accessToken",
      "refreshToken",
    ]);
    await onswift.auth.refresh({ refreshToken: "brought-along" }).orThrow();
    expect(backend.seen[1]?.body).toEqual({ refresh_token: "brought-along" });
  });

  test.each(["refresh_token_not_found", "refresh_token_already_used", "session_expired"])(
    "refused with %s is INVALID_REFRESH_TOKEN",
    async (code) => {
      const onswift = clientOf(new FakeBackend(() => refusal(400, code)));
      const { error } = await onswift.auth.refresh({ refreshToken: "old" });
      expect(error).toMatchObject({ code: "INVALID_REFRESH_TOKEN", status: 401 });
    },
  );

  test("needs somebody to be signed in", async () => {
    const { error } = await clientOf(new FakeBackend(() => json({}))).auth.refresh();
    expect(error).toMatchObject({ code: "NOT_AUTHENTICATED", status: 401 });
  });
});

describe("a forgotten password", () => {
  test("asks for the mail", async () => {
    const backend = new FakeBackend(() => json({}));
    const { data } = await clientOf(backend).auth.forgotPassword({ email: "a@example.com" });
    expect(data).toEqual({ message: "Password reset email sent" });
    expect(backend.seen[0]).toMatchObject({
      path: "/auth/v1/recover",
      body: { email: "a@example.com" },
    });
  });

  test("tells how long to wait", async () => {
    const limited = json({ code: "over_email_send_rate_limit", message: "Wait." }, 429, {
      "retry-after": "1200",
    });
    const onswift = clientOf(new FakeBackend(() => limited));
    const { error } = await onswift.auth.forgotPassword({ email: "a@example.com" });
    expect(error).toMatchObject({ code: "RATE_LIMITED", status: 429, retryAfter: 1200 });
  });

  test("is reset with the token and leaves nobody signed in", async () => {
    const backend = new FakeBackend(({ path }) =>
      path.endsWith("/verify") ? json(storedSession()) : json({}),
    );
    const onswift = clientOf(backend);
    const reset = { token: "hash", newPassword: "N3w-enough!" };
    const { data } = await onswift.auth.resetPassword(reset);
    expect(data).toEqual({ message: "Password reset successful" });
    expect(backend.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /auth/v1/verify",
      "PUT /auth/v1/user",
      "POST /auth/v1/logout?scope=global",
    ]);
    expect(backend.seen[0]?.body).toEqual({ type: "recovery", token_hash: "hash" });
    expect(await onswift.auth.getSession().orThrow()).toBeNull();
  });

  test("may be tried again after a weak password, though the token is used up", async () => {
    const backend = new FakeBackend(({ method, path }, attempt) => {
      if (path.endsWith("/verify")) return json(storedSession());
      return method === "PUT" && attempt === 1 ? refusal(422, "weak_password") : json({});
    });
    const onswift = clientOf(backend);
    const weak = await onswift.auth.resetPassword({ token: "hash", newPassword: "weak" });
    expect(weak.error).toMatchObject({ code: "WEAK_PASSWORD", status: 400 });
    expect(weak.error?.details?.[0]?.field).toBe("newPassword");
    await onswift.auth.resetPassword({ token: "hash", newPassword: "N3w-enough!" }).orThrow();
    expect(backend.seen.filter(({ path }) => path.endsWith("/verify"))).toHaveLength(1);
  });

  test("with a used or unknown token is INVALID_RESET_TOKEN", async () => {
    const onswift = clientOf(new FakeBackend(() => refusal(403, "otp_expired")));
    const { error } = await onswift.auth.resetPassword({
      token: "old",
      newPassword: "N3w-enough!",
    });
    expect(error).toMatchObject({ code: "INVALID_RESET_TOKEN", status: 400 });
  });
});
