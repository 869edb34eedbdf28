import { describe, expect, test } from "vitest";
import {
  clientOf,
  FakeBackend,
  json,
  type Reply,
  type Seen,
  storedSession,
  userId,
} from "./fake-backend.ts";

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
/** A backend whose database accepts every input; `script` answers all other requests. */
const accepting = (script: (request: Seen, attempt: number) => Reply) =>
  new FakeBackend((request, attempt) =>
    request.path.startsWith("/rest/v1/rpc/check_") ? json(request.body) : script(request, attempt),
  );
const withoutChecks = ({ seen }: FakeBackend) =>
  seen.filter(({ path }) => !path.includes("/check_"));
const me = {
  id: userId,
  email: "a@example.com",
  name: "Zoë",
  userType: "creator",
  mfaRequired: false,
};

describe("sign-up and sign-in", () => {
  test("signUp and signIn return the account's card and tokens", async () => {
    const backend = accepting(({ path }) =>
      path.startsWith("/auth/") ? json(storedSession()) : json(me),
    );
    const onswift = clientOf(backend);
    const { data } = await onswift.auth.signUp(account);
    expect(data).toEqual({
      user: { id: userId, email: "a@example.com", name: "Zoë", userType: "creator" },
      accessToken: expect.stringMatching(/^ey/),
      refreshToken: "refresh-1",
    });
    expect(withoutChecks(backend)[0]?.body).toMatchObject({
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
  ])(
    "signUp maps a refusal of the Auth service to an OnSwift error (%#)",
    async (reply, code, status) => {
      const onswift = clientOf(accepting(() => reply));
      const { error } = await onswift.auth.signUp(account);
      expect(error).toMatchObject({ code, status });
    },
  );

  test.each([
    [refusal(422, "user_already_exists"), "EMAIL_EXISTS", 409],
    [refusal(500, "unexpected_failure"), "INTERNAL_ERROR", 500],
    [refusal(429, "over_request_rate_limit"), "INTERNAL_ERROR", 500],
  ])(
    "signUp asks once more when the Auth service could not save the account (%#)",
    async (second, code, status) => {
      let asked = 0;
      const onswift = clientOf(
        accepting(() => {
          asked += 1;
          return asked === 1 ? refusal(500, "unexpected_failure") : second;
        }),
      );
      const { error } = await onswift.auth.signUp(account);
      expect(error).toMatchObject({ code, status });
      expect(asked).toBe(2);
    },
  );

  test("a weak password is reported on its field", async () => {
    const leaked = { weak_password: { reasons: ["pwned"] } };
    const onswift = clientOf(accepting(() => refusal(422, "weak_password", leaked)));
    const { error } = await onswift.auth.signUp(account);
    expect(error?.code).toBe("WEAK_PASSWORD");
    expect(error?.details).toEqual([
      { field: "password", message: expect.stringContaining("data leak") },
    ]);
  });

  test("signUp passes on the database's errors and sends nothing to the Auth service", async () => {
    const details = [
      { field: "email", message: "Email must be an email address." },
      { field: "name", message: "Name is required." },
    ];
    const invalid = {
      code: "PT400",
      hint: "VALIDATION_ERROR",
      message: "Validation failed",
      details: JSON.stringify(details),
    };
    const backend = new FakeBackend(() => json(invalid, 400));
    const { error } = await clientOf(backend).auth.signUp({ ...account, email: "x", name: "" });
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", status: 400, details });
    expect(backend.seen.map(({ path }) => path)).toEqual(["/rest/v1/rpc/check_sign_up"]);
  });

  test("signUp gives the Auth service the address as the database returns it", async () => {
    const backend = new FakeBackend(({ path }) => {
      if (path.includes("/check_")) return json({ email: "a@example.com" });
      return path.startsWith("/auth/") ? json(storedSession()) : json(me);
    });
    await clientOf(backend).auth.signUp({ ...account, email: " A@Example.com " });
    expect(backend.seen[0]?.body).toMatchObject({ email: " A@Example.com " });
    expect(backend.seen[1]?.body).toMatchObject({ email: "a@example.com" });
  });

  test("sentences of the Auth service never reach the caller", async () => {
    for (const code of ["invalid_credentials", "user_banned", "unknown", "unexpected_failure"]) {
      const onswift = clientOf(accepting(() => refusal(400, code)));
      const { error } = await onswift.auth.signIn({ email: "a@example.com", password: "x" });
      expect(error?.message).toMatch(/^\S.*\S$/);
      expect(error?.message).not.toContain("Sentence for");
    }
  });

  test("signUp reports EMAIL_EXISTS when the Auth service hides that the address has an account", async () => {
    const hidden = { id: userId, email: account.email, identities: [] };
    const onswift = clientOf(accepting(() => json(hidden)));
    expect((await onswift.auth.signUp(account)).error?.code).toBe("EMAIL_EXISTS");
  });

  test.each([
    [refusal(400, "invalid_credentials"), "INVALID_CREDENTIALS", 401],
    [refusal(429, "unknown"), "RATE_LIMITED", 429],
    [refusal(400, "user_banned"), "FORBIDDEN", 403],
  ])(
    "signIn maps a refusal of the Auth service to an OnSwift error (%#)",
    async (reply, code, status) => {
      const onswift = clientOf(accepting(() => reply));
      const { error } = await onswift.auth.signIn({ email: "a@example.com", password: "x" });
      expect(error).toMatchObject({ code, status });
    },
  );
});

describe("refresh", () => {
  test("refresh returns a new pair of tokens", async () => {
    const backend = accepting(() => json(storedSession()));
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    expect(Object.keys(await onswift.auth.refresh().orThrow())).toEqual([
      "accessToken",
      "refreshToken",
    ]);
    await onswift.auth.refresh({ refreshToken: "brought-along" }).orThrow();
    expect(withoutChecks(backend)[1]?.body).toEqual({ refresh_token: "brought-along" });
  });

  test.each(["refresh_token_not_found", "refresh_token_already_used", "session_expired"])(
    "the Auth service's %s becomes INVALID_REFRESH_TOKEN",
    async (code) => {
      const onswift = clientOf(accepting(() => refusal(400, code)));
      const { error } = await onswift.auth.refresh({ refreshToken: "old" });
      expect(error).toMatchObject({ code: "INVALID_REFRESH_TOKEN", status: 401 });
    },
  );

  test.each(["", " ", "\0", "a\0b", "a\nb", "é", "\ud800"])(
    "refresh with %j, which cannot be a token, returns INVALID_REFRESH_TOKEN without Auth",
    async (refreshToken) => {
      const backend = accepting(() => json({ code: 500, msg: "Unexpected failure" }, 500));
      const { error } = await clientOf(backend).auth.refresh({ refreshToken });
      expect([error?.code, error?.status]).toEqual(["INVALID_REFRESH_TOKEN", 401]);
      expect(withoutChecks(backend)).toEqual([]);
    },
  );

  test("refresh without a session returns NOT_AUTHENTICATED", async () => {
    const { error } = await clientOf(accepting(() => json({}))).auth.refresh();
    expect(error).toMatchObject({ code: "NOT_AUTHENTICATED", status: 401 });
  });
});

describe("passwords and addresses", () => {
  const calls = (backend: FakeBackend) => backend.seen.map(({ path, body }) => [path, body]);

  test("forgotPassword and resetPassword are sent without a session", async () => {
    const backend = new FakeBackend(() => json(null, 204));
    const onswift = clientOf(backend);
    const asked = await onswift.auth.forgotPassword({ email: "a@example.com" });
    expect(asked.data).toEqual({ message: "Password reset email sent" });
    const reset = { token: "mailed", newPassword: "N3w-enough!" };
    const done = await onswift.auth.resetPassword(reset);
    expect(done.data).toEqual({ message: "Password reset successful" });
    expect(calls(backend)).toEqual([
      ["/rest/v1/rpc/forgot_password", { email: "a@example.com" }],
      ["/rest/v1/rpc/reset_password", reset],
    ]);
    expect(await onswift.auth.getSession().orThrow()).toBeNull();
  });

  test("neither is repeated after a failure", async () => {
    const backend = new FakeBackend(() => json({ message: "unavailable" }, 503));
    const { error } = await clientOf(backend).auth.forgotPassword({ email: "a@example.com" });
    expect([error?.code, backend.seen.length]).toEqual(["SERVICE_UNAVAILABLE", 1]);
  });

  test("changePassword and changeEmail send the password", async () => {
    const backend = new FakeBackend(({ path }) =>
      json(null, path.endsWith("_password") ? 204 : 200),
    );
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    const change = { currentPassword: "Old-enough1!", newPassword: "N3w-enough!" };
    expect((await onswift.auth.changePassword(change)).data).toBeNull();
    const email = { password: "N3w-enough!", newEmail: "b@example.com" };
    expect((await onswift.auth.changeEmail(email)).data).toEqual({
      message: "Confirmation email sent",
    });
    expect(calls(backend)).toEqual([
      ["/rest/v1/rpc/change_password", change],
      ["/rest/v1/rpc/change_email", email],
    ]);
  });

  test("sessions are listed and revoked", async () => {
    const sessions = [{ id: "s1", current: true }];
    const backend = new FakeBackend(({ path }) =>
      path.endsWith("list_sessions") ? json({ sessions }) : json(null, 204),
    );
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    expect(await onswift.auth.sessions.list().orThrow()).toEqual({ sessions });
    expect((await onswift.auth.sessions.revoke("s2")).data).toBeNull();
    expect(calls(backend)[1]).toEqual(["/rest/v1/rpc/revoke_session", { sessionId: "s2" }]);
  });
});

describe("email verification", () => {
  test("verifyEmail sends the token, also when the stored session cannot be used", async () => {
    const backend = new FakeBackend(() => json({ verified: true }));
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    expect(await onswift.auth.verifyEmail("mailed").orThrow()).toEqual({ verified: true });
    expect(backend.seen.map(({ path, body }) => [path, body])).toEqual([
      ["/rest/v1/rpc/verify_email", { token: "mailed" }],
    ]);
  });

  test("resendVerification confirms that the email was sent", async () => {
    const backend = new FakeBackend(() => json(null, 204));
    const onswift = clientOf(backend, { session: { endsIn: 900 } });
    expect(await onswift.auth.resendVerification().orThrow()).toEqual({
      message: "Verification email sent",
    });
    expect(backend.seen[0]?.path).toBe("/rest/v1/rpc/resend_verification");
  });

  test("resendVerification without a session returns NOT_AUTHENTICATED", async () => {
    const backend = new FakeBackend(() => json(null, 204));
    const { error } = await clientOf(backend).auth.resendVerification();
    expect(error?.code).toBe("NOT_AUTHENTICATED");
    expect(backend.seen).toHaveLength(0);
  });
});
