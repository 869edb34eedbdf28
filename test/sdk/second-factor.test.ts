/** Second factors through the SDK. */
import { afterAll, describe, expect, test } from "vitest";
import { mailTo, resetToken } from "../rest/mail.ts";
import { password } from "../world/people.ts";
import { codeOf, signedInLongAgo, wrongCodeOf } from "../world/second-factor.ts";
import { openDatabase } from "../world/stack.ts";
import { type Person, person, visitor } from "./support.ts";

const sql = openDatabase();
afterAll(() => sql.end());

/** A user with a second factor. */
async function protectedPerson() {
  const owner = await person("talent");
  const { mfa } = owner.onswift.auth;
  const { factorId, secret } = await mfa.enroll({ friendlyName: "Phone" }).orThrow();
  await mfa.challengeAndVerify({ factorId, code: codeOf(secret) }).orThrow();
  return { ...owner, factorId, secret };
}

const signIn = async ({ email }: Pick<Person, "email">) => {
  const onswift = visitor();
  return { onswift, ...(await onswift.auth.signIn({ email, password }).orThrow()) };
};

test("a user adds a factor and then needs a code on every device", async () => {
  const { onswift, email, id } = await person("talent");
  const { mfa } = onswift.auth;
  expect(await mfa.getAuthenticatorAssuranceLevel().orThrow()).toEqual({
    currentLevel: "aal1",
    nextLevel: "aal1",
  });

  const enrolled = await mfa.enroll({ password, friendlyName: "Phone" }).orThrow();
  expect(enrolled).toEqual({
    factorId: expect.any(String),
    friendlyName: "Phone",
    qrCode: expect.stringMatching(/^data:image\/svg\+xml;utf-8,<svg/),
    secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
    uri: expect.stringMatching(/^otpauth:\/\/totp\//),
  });
  const { factorId, secret } = enrolled;
  expect((await onswift.users.me()).error).toBeNull();

  const { challengeId } = await mfa.challenge({ factorId }).orThrow();
  const tokens = await mfa.verify({ factorId, challengeId, code: codeOf(secret) }).orThrow();
  expect((await onswift.auth.getSession().orThrow())?.accessToken).toBe(tokens.accessToken);
  expect((await onswift.users.me()).error).toBeNull();
  await mailTo(email, /second factor was added/);

  const other = await signIn({ email });
  expect(other).toMatchObject({ user: { id, email }, mfaRequired: true });
  expect((await other.onswift.users.me()).error).toMatchObject({
    code: "MFA_REQUIRED",
    status: 403,
  });
  expect((await other.onswift.auth.verify()).error?.code).toBe("MFA_REQUIRED");
  expect((await other.onswift.auth.sessions.list()).error?.code).toBe("MFA_REQUIRED");
  const session = () => other.onswift.auth.getSession().orThrow();
  expect((await session())?.mfaRequired).toBe(true);
  const { factors } = await other.onswift.auth.mfa.listFactors().orThrow();
  expect(factors).toEqual([
    { id: factorId, friendlyName: "Phone", status: "verified", createdAt: expect.any(String) },
  ]);
  await other.onswift.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) }).orThrow();
  expect((await other.onswift.users.me()).error).toBeNull();
  expect(await session()).not.toHaveProperty("mfaRequired");
  expect((await onswift.users.me()).error).toBeNull();
  expect(await onswift.auth.getSession().orThrow()).not.toHaveProperty("mfaRequired");
});

test("realtime works in the session once the code is verified, and not before", async () => {
  const owner = await protectedPerson();
  const { onswift } = await signIn(owner);
  const statuses: string[] = [];
  onswift.realtime.onStatus((status) => statuses.push(status));
  onswift.realtime.on("message:received", () => undefined);
  await expect.poll(() => statuses).toContain("denied");
  expect(statuses).not.toContain("live");
  const { factorId, secret } = owner;
  await onswift.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) }).orThrow();
  await expect.poll(() => statuses).toContain("live");
  await onswift.realtime.close();
});

test("a sign-in without a second factor needs no code", async () => {
  const owner = await person("creator");
  expect((await signIn(owner)).mfaRequired).toBeUndefined();
});

describe("errors", () => {
  test("of an enrolment", async () => {
    const { onswift } = await person("talent");
    const { mfa } = onswift.auth;
    expect((await mfa.enroll({ password: "Wrong-horse-7!" })).error?.code).toBe("WRONG_PASSWORD");
    expect((await mfa.enroll({ password: "" })).error).toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "password" }],
    });
    const phone = { factorType: "phone" } as object;
    expect((await mfa.enroll(phone)).error).toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "factorType" }],
    });
    expect((await mfa.listFactors().orThrow()).factors).toEqual([]);
    await mfa.enroll({ password, friendlyName: "Phone" }).orThrow();
    expect((await mfa.enroll({ password, friendlyName: "Phone" })).error).toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "friendlyName" }],
    });
    expect((await visitor().auth.mfa.enroll({ password })).error?.code).toBe("NOT_AUTHENTICATED");
  });

  test("of a factor that is added long after the sign-in, without the password", async () => {
    const { onswift, id } = await person("talent");
    const { mfa } = onswift.auth;
    await signedInLongAgo(sql, id);
    const { factorId, secret } = await mfa.enroll().orThrow();
    const code = codeOf(secret);
    expect((await mfa.challengeAndVerify({ factorId, code })).error).toMatchObject({
      code: "FORBIDDEN",
      status: 403,
    });
  });

  test("of a verification", async () => {
    const owner = await protectedPerson();
    const { factorId, secret } = owner;
    const { mfa } = (await signIn(owner)).onswift.auth;
    const code = wrongCodeOf(secret);
    expect((await mfa.challengeAndVerify({ factorId, code })).error).toMatchObject({
      code: "WRONG_CODE",
      status: 403,
    });
    expect((await mfa.challengeAndVerify({ factorId, code: "" })).error).toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "code" }],
    });
    const stranger = (await person("talent")).onswift.auth.mfa;
    expect((await stranger.challenge({ factorId })).error?.code).toBe("NOT_FOUND");
    const { challengeId } = await mfa.challenge({ factorId }).orThrow();
    await mfa.verify({ factorId, challengeId, code: codeOf(secret) }).orThrow();
    const again = await mfa.verify({ factorId, challengeId, code: codeOf(secret) });
    expect(again.error?.code).toBe("INVALID_STATE");
  });

  test("of a removal without a code", async () => {
    const owner = await protectedPerson();
    const { mfa } = (await signIn(owner)).onswift.auth;
    const { factorId } = owner;
    expect((await mfa.unenroll({ factorId })).error?.code).toBe("MFA_REQUIRED");
    expect((await mfa.enroll({ password })).error?.code).toBe("MFA_REQUIRED");
  });
});

test("a removed factor is demanded no more, and the owner gets a mail", async () => {
  const owner = await protectedPerson();
  const { factorId } = owner;
  await owner.onswift.auth.mfa.unenroll({ factorId }).orThrow();
  expect((await owner.onswift.users.me()).error).toBeNull();
  expect((await signIn(owner)).mfaRequired).toBeUndefined();
  await mailTo(owner.email, /second factor was removed/);
  const { events } = await owner.onswift.auth.securityLog().orThrow();
  expect(events.map(({ type }) => type)).toEqual([
    "signed_in",
    "factor_removed",
    "factor_added",
    "signed_in",
  ]);
});

test("a reset password does not replace the code", async () => {
  const owner = await protectedPerson();
  const onswift = visitor();
  await onswift.auth.forgotPassword({ email: owner.email }).orThrow();
  const newPassword = "Other-horse-8!";
  const token = await resetToken(owner.email);
  await onswift.auth.resetPassword({ token, newPassword }).orThrow();
  const credentials = { email: owner.email, password: newPassword };
  expect((await onswift.auth.signIn(credentials).orThrow()).mfaRequired).toBe(true);
  expect((await onswift.users.me()).error?.code).toBe("MFA_REQUIRED");
});
