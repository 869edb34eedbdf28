import { beforeAll, describe, expect, test } from "vitest";
import { Caller } from "../../rest/support.ts";
import { password, someEmail } from "../../world/people.ts";
import { person, visitor } from "../support.ts";
import {
  bad,
  buildWorld,
  type Case,
  errorOfRest,
  errorOfSdk,
  expectSameError,
  type World,
} from "./case.ts";

let world: World;
beforeAll(async () => {
  world = await buildWorld();
});

const account = (fields: object = {}) => ({
  email: someEmail(),
  password,
  name: "Ada",
  userType: "talent",
  ...fields,
});

/** An attempt of a visitor. */
const signUp = (fields: object): Case => {
  const input = account(fields);
  return {
    sdk: ({ sdk }) => sdk.auth.signUp(bad(input)),
    rest: ({ rest }) => rest.post("/auth/signup", input),
  };
};
const signIn = (input: object): Case => ({
  sdk: ({ sdk }) => sdk.auth.signIn(bad(input)),
  rest: ({ rest }) => rest.post("/auth/login", input),
});
const refresh = (refreshToken: unknown): Case => ({
  sdk: ({ sdk }) => sdk.auth.refresh(bad({ refreshToken })),
  rest: ({ rest }) => rest.post("/auth/refresh", { refreshToken }),
});
const forgotPassword = (input: object): Case => ({
  sdk: ({ sdk }) => sdk.auth.forgotPassword(bad(input)),
  rest: ({ rest }) => rest.post("/auth/forgot-password", input),
});
const resetPassword = (input: object): Case => ({
  sdk: ({ sdk }) => sdk.auth.resetPassword(bad(input)),
  rest: ({ rest }) => rest.post("/auth/reset-password", input),
});

describe("authentication", () => {
  test.each<[string, () => Case]>([
    [
      "a sign-up with a bad address, an empty name and a weak password",
      () => signUp({ email: "ada@", name: " ", password: "weak" }),
    ],
    ["a sign-up without any field", () => signUp(emptied)],
    ["a sign-up with a weak password", () => signUp({ password: "nouppercase1!" })],
    ["a sign-up with an unknown user type", () => signUp({ userType: "admin" })],
    ["a sign-up of a talent with a company", () => signUp({ companyName: "Acme" })],
    ["a sign-up with an unknown field", () => signUp({ isAdmin: true })],
    ["a sign-up with an address that has an account", () => signUp({ email: world.creator.email })],
    ["a sign-in with a malformed address", () => signIn({ email: "ada@", password })],
    ["a sign-in without any field", () => signIn({})],
    ["a sign-in with an unknown field", () => signIn({ email: someEmail(), password, otp: "1" })],
    ["a sign-in with an unknown address", () => signIn({ email: someEmail(), password })],
    [
      "a sign-in with a wrong password",
      () => signIn({ email: world.outsider.email, password: "Wrong-horse-7!" }),
    ],
    ["a refresh with an empty token", () => refresh("")],
    ["a refresh with an unknown token", () => refresh("unknown")],
    ["a refresh with a token of NUL", () => refresh("\0")],
    ["a refresh with spaces in the token", () => refresh("a b")],
    [
      "a request for a reset email to a malformed address",
      () => forgotPassword({ email: "a b@example.com" }),
    ],
    ["a request for a reset email without an address", () => forgotPassword({})],
    ["a reset with an unknown token", () => resetPassword({ token: "x", newPassword: password })],
    ["a reset with a weak password", () => resetPassword({ token: "x", newPassword: "weak" })],
    ["a reset without any field", () => resetPassword({})],
    [
      "a verification with an unknown token",
      () => ({
        sdk: ({ sdk }) => sdk.auth.verifyEmail("unknown"),
        rest: ({ rest }) => rest.get("/auth/verify-email?token=unknown"),
      }),
    ],
    [
      "a request without a session",
      () => ({
        sdk: ({ sdk }) => sdk.users.me(),
        rest: ({ rest }) => rest.get("/users/me"),
      }),
    ],
  ])("%s gets the same error through SDK and REST", async (_what, attempt) => {
    await expectSameError(world, attempt());
  });

  test("a sign-out with an unknown scope gets the same error through SDK and REST", async () => {
    await expectSameError(world, {
      as: "outsider",
      sdk: ({ sdk }) => sdk.auth.signOut(bad({ scope: "everywhere" })),
      rest: ({ rest }) => rest.post("/auth/logout?scope=everywhere"),
    });
  });

  test("a sign-in after five failures gets the same error through SDK and REST", async () => {
    const { email } = await person("talent");
    const wrong = { email, password: "Wrong-horse-7!" };
    for (let failures = 0; failures < 5; failures += 1) await visitor().auth.signIn(wrong);
    await expectSameError(world, signIn({ email, password }));
  });

  test("a token of an ended session gets the same error through SDK and REST", async () => {
    const { onswift, token } = await person("talent");
    const caller = new Caller();
    caller.token = token;
    await caller.post("/auth/logout?scope=global");
    expect(errorOfSdk((await onswift.users.me()).error)).toEqual(
      errorOfRest(await caller.get("/users/me")),
    );
  });
});

const emptied = {
  email: undefined,
  password: undefined,
  name: undefined,
  userType: undefined,
};
