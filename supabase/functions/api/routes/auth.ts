import { decodeJwt } from "jose";
import type { AuthSession } from "../auth/client.ts";
import { told, tooWeak, wrongField } from "../auth/refusals.ts";
import type { Claims } from "../caller/token.ts";
import { ApiError } from "../http/errors.ts";
import { type Input, operation } from "../operation.ts";
import * as schemas from "../schemas/auth.ts";

const tag = "Authentication";
type Context = Pick<Input<unknown, unknown, unknown>, "call">;

const signUp = operation({
  id: "signUp",
  method: "post",
  path: "/auth/signup",
  tag,
  summary: "Register a creator or a talent",
  description: "Signs in at once. A mail with a link to confirm the address follows.",
  access: "public",
  body: schemas.signUp,
  success: {
    status: 201,
    description: "The account and its first tokens",
    schema: schemas.session,
  },
  errors: ["WEAK_PASSWORD", "FORBIDDEN", "EMAIL_EXISTS"],
  handle: async ({ body, auth, call }) => {
    const { email, password, name, userType, companyName } = body;
    const data = { name, userType, ...(companyName ? { companyName } : {}) };
    const taken = () => new ApiError("EMAIL_EXISTS", "This e-mail address is already registered");
    const session = await told(auth.signUp(email, password, data), {
      user_already_exists: taken,
      email_exists: taken,
      weak_password: () => tooWeak("password"),
      email_address_invalid: () => wrongField("email", "Must be a valid e-mail address"),
      signup_disabled: () => new ApiError("FORBIDDEN", "Registration is closed"),
      email_provider_disabled: () => new ApiError("FORBIDDEN", "Registration is closed"),
      validation_failed: ({ message }) =>
        wrongField(/password/i.test(message) ? "password" : "email", message),
      "*": ({ message }) => new ApiError("VALIDATION_ERROR", message),
    });
    if (!isSession(session)) throw new Error("Auth must not demand confirmed addresses.");
    return withUser(session, { call });
  },
});

const signIn = operation({
  id: "signIn",
  method: "post",
  path: "/auth/login",
  tag,
  summary: "Log in with e-mail and password",
  description:
    "After 5 failed attempts within 15 minutes, for one account or from one address, it is refused even with the right password.",
  access: "public",
  body: schemas.signIn,
  success: { status: 200, description: "The account and new tokens", schema: schemas.session },
  errors: ["INVALID_CREDENTIALS"],
  handle: async ({ body: { email, password }, address, auth, call, database }) => {
    const wait = await database.loginWait(email, address);
    if (wait !== null) throw tooManyFailures(wait);
    const session = await told(
      auth.signIn(email, password).catch(async (error) => {
        if (error.code === "invalid_credentials") await database.noteLoginFailure(email, address);
        throw error;
      }),
      { "*": badCredentials },
    ).catch(async (error) => {
      // Auth's own check of the same count came first; ours knows how long it lasts.
      const wait = error.code === "RATE_LIMITED" && (await database.loginWait(email, address));
      throw wait ? tooManyFailures(wait) : error;
    });
    return withUser(session, { call });
  },
});

const refresh = operation({
  id: "refresh",
  method: "post",
  path: "/auth/refresh",
  tag,
  summary: "Exchange a refresh token for new tokens",
  description: "A refresh token can be used once; using an old one ends the session.",
  access: "public",
  body: schemas.refresh,
  success: { status: 200, description: "New tokens", schema: schemas.tokenPair },
  errors: ["INVALID_REFRESH_TOKEN", "CONFLICT"],
  handle: async ({ body, auth }) => {
    const session = await told(auth.refresh(body.refreshToken), {
      "*": () =>
        new ApiError("INVALID_REFRESH_TOKEN", "The refresh token is not valid or has expired"),
    });
    return JSON.stringify(tokensOf(session));
  },
});

const signOut = operation({
  id: "signOut",
  method: "post",
  path: "/auth/logout",
  tag,
  summary: "End this session, all sessions or the others",
  access: "user",
  query: schemas.signOutQuery,
  success: {
    status: 204,
    description: "The session is over; its access token is refused from now",
  },
  errors: [],
  handle: async ({ query, bearer = "", auth }) => {
    await told(auth.signOut(bearer, query.scope), {
      "*": () => new ApiError("SESSION_REVOKED", "This session has been ended"),
    });
    return undefined;
  },
});

const verifyEmail = operation({
  id: "verifyEmail",
  method: "get",
  path: "/auth/verify-email",
  tag,
  summary: "Confirm an e-mail address with the token of the mail",
  access: "public",
  writes: true,
  query: schemas.verifyEmailQuery,
  success: { status: 200, description: "The address is confirmed", schema: schemas.verified },
  errors: ["INVALID_VERIFICATION_TOKEN"],
  handle: ({ query, call }) => call("verify_email", { token: query.token }),
});

const resendVerification = operation({
  id: "resendVerification",
  method: "post",
  path: "/auth/resend-verification",
  tag,
  summary: "Send the mail that confirms your address once more",
  description:
    "Three mails an hour, the one of signing up counted. The link of an earlier mail stops working.",
  access: "user",
  success: { status: 200, description: "It is on its way", schema: schemas.message },
  errors: ["INVALID_STATE"],
  handle: async ({ call }) => {
    await call("resend_verification");
    return JSON.stringify({ message: "Verification email sent" });
  },
});

export const authentication = [signUp, signIn, refresh, signOut, verifyEmail, resendVerification];

const badCredentials = () =>
  new ApiError("INVALID_CREDENTIALS", "The e-mail address or the password is wrong");

const tooManyFailures = (retryAfter: number) =>
  new ApiError("RATE_LIMITED", "Too many failed attempts. Try again later.", { retryAfter });

const isSession = (session: Partial<AuthSession>): session is AuthSession =>
  typeof session.access_token === "string" && typeof session.refresh_token === "string";

const tokensOf = ({ access_token, refresh_token }: AuthSession) => ({
  accessToken: access_token,
  refreshToken: refresh_token,
});

/** The documented answer of signing up and in; who it is comes from the profile, not from metadata. */
async function withUser(session: AuthSession, { call }: Context): Promise<string> {
  const claims = decodeJwt<Claims>(session.access_token) as Claims;
  const { id, email, name, userType } = JSON.parse(await call("get_me", {}, { as: claims }));
  return JSON.stringify({ user: { id, email, name, userType }, ...tokensOf(session) });
}
