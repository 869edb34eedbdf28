import { decodeJwt } from "jose";
import type { AuthSession } from "../auth/client.ts";
import { invalidField, mapAuthErrors, weakPassword } from "../auth/errors.ts";
import * as authMessages from "../auth/messages.ts";
import { signedUp } from "../auth/sign-up.ts";
import type { Claims } from "../caller/token.ts";
import { ApiError } from "../http/errors.ts";
import type { CallDatabase, Operation } from "../operation.ts";
import * as schemas from "../schemas/auth.ts";
import { verifiedPage } from "./mail-links.ts";

const tag = "Authentication";

interface Account {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly userType: string;
  readonly companyName?: string | null;
}

const signUp: Operation = {
  id: "signUp",
  method: "post",
  path: "/auth/signup",
  tag,
  summary: "Create the account of a creator or talent",
  description:
    "Signs in at once. An email with a link to confirm the address follows. One error names every invalid field.",
  access: "public",
  body: schemas.signUp,
  success: {
    status: 201,
    description: "The account and its first tokens",
    schema: schemas.session,
  },
  errors: ["WEAK_PASSWORD", "FORBIDDEN", "EMAIL_EXISTS"],
  handle: async ({ body, auth, call, database }) => {
    const account = await database.check<Account>("check_sign_up", body.json);
    const { email, password, name, userType, companyName } = account;
    const data = { name, userType, ...(companyName ? { companyName } : {}) };
    const exists = () => new ApiError("EMAIL_EXISTS", authMessages.emailExists);
    const closed = () => new ApiError("FORBIDDEN", authMessages.registrationClosed);
    // Auth has the same rules; it can still refuse an address that it cannot reach, or a leaked password.
    const session = await mapAuthErrors(
      signedUp(() => auth.signUp(email, password, data)),
      {
        user_already_exists: exists,
        email_exists: exists,
        weak_password: weakPassword,
        signup_disabled: closed,
        email_provider_disabled: closed,
        "*": () => invalidField("email", authMessages.emailUnusable),
      },
    );
    if (!isSession(session)) throw new Error("Auth must not require confirmed addresses.");
    return withUser(session, call);
  },
};

const signIn: Operation = {
  id: "signIn",
  method: "post",
  path: "/auth/login",
  tag,
  summary: "Sign in with email address and password",
  description:
    "After 5 failed attempts within 15 minutes, for one account or from one IP address, sign-in is refused even with the right password. With `mfaRequired`, the tokens can only be used to verify a code of the second factor at Supabase Auth; until then, every other operation responds with `MFA_REQUIRED`.",
  access: "public",
  body: schemas.signIn,
  success: { status: 200, description: "The account and new tokens", schema: schemas.session },
  errors: ["INVALID_CREDENTIALS"],
  handle: async ({ body, address, auth, call, database }) => {
    const { email, password } = await database.check<Account>("check_sign_in", body.json);
    const wait = await database.signInWait(email, address);
    if (wait !== null) throw tooManyFailures(wait);
    const session = await mapAuthErrors(
      auth.signIn(email, password).catch(async (error) => {
        if (error.code === "invalid_credentials") await database.noteSignInFailure(email, address);
        throw error;
      }),
      { "*": invalidCredentials },
    ).catch(async (error) => {
      // Auth's hook checks the same count. Only the database knows how long the limit lasts.
      const wait = error.code === "RATE_LIMITED" && (await database.signInWait(email, address));
      throw wait ? tooManyFailures(wait) : error;
    });
    return withUser(session, call);
  },
};

const refresh: Operation = {
  id: "refresh",
  method: "post",
  path: "/auth/refresh",
  tag,
  summary: "Exchange a refresh token for new tokens",
  description: "A refresh token works once. Using an old one ends the session.",
  access: "public",
  body: schemas.refresh,
  success: { status: 200, description: "New tokens", schema: schemas.tokenPair },
  errors: ["INVALID_REFRESH_TOKEN", "CONFLICT"],
  handle: async ({ body, auth, database }) => {
    const { refreshToken } = await database.check<{ refreshToken: string }>(
      "check_refresh",
      body.json,
    );
    const session = await mapAuthErrors(auth.refresh(refreshToken), {
      "*": () => new ApiError("INVALID_REFRESH_TOKEN", authMessages.invalidRefreshToken),
    });
    return JSON.stringify(tokensOf(session));
  },
};

const signOut: Operation = {
  id: "signOut",
  method: "post",
  path: "/auth/logout",
  tag,
  summary: "End this session, all sessions or all other sessions",
  access: "user",
  query: schemas.signOutQuery,
  success: {
    status: 204,
    description: "The session has ended. Its access token no longer works",
  },
  errors: [],
  handle: async ({ query, bearer = "", auth, database }) => {
    const { scope = "local" } = await database.check<{ scope?: "local" | "global" | "others" }>(
      "check_sign_out",
      query.json,
    );
    await mapAuthErrors(auth.signOut(bearer, scope), {
      "*": () => new ApiError("SESSION_REVOKED", authMessages.sessionEnded),
    });
    return undefined;
  },
};

const verifyEmail: Operation = {
  id: "verifyEmail",
  method: "get",
  path: "/auth/verify-email",
  tag,
  summary: "Confirm an email address with the token from the email",
  description:
    "A browser is redirected to the app, with `emailVerified=true` or `error` in the query.",
  access: "public",
  writes: true,
  linked: true,
  query: schemas.verifyEmailQuery,
  success: { status: 200, description: "The address is confirmed", schema: schemas.verified },
  errors: ["INVALID_VERIFICATION_TOKEN", "EMAIL_EXISTS"],
  page: verifiedPage,
  redirect: "A browser is led to the app",
  handle: ({ query, call }) => call("verify_email", {}, { input: query }),
};

const resendVerification: Operation = {
  id: "resendVerification",
  method: "post",
  path: "/auth/resend-verification",
  tag,
  summary: "Resend the email that confirms the address",
  description:
    "At most 3 emails per hour, including the one after sign-up. The links in earlier emails stop working.",
  access: "user",
  success: { status: 200, description: "The email will be sent", schema: schemas.message },
  errors: ["INVALID_STATE"],
  handle: async ({ call }) => {
    await call("resend_verification");
    return JSON.stringify({ message: "Verification email sent" });
  },
};

export const authentication: readonly Operation[] = [
  signUp,
  signIn,
  refresh,
  signOut,
  verifyEmail,
  resendVerification,
];

const invalidCredentials = () => new ApiError("INVALID_CREDENTIALS", authMessages.wrongCredentials);

const tooManyFailures = (retryAfter: number) =>
  new ApiError("RATE_LIMITED", authMessages.tooManyFailures, { retryAfter });

const isSession = (session: Partial<AuthSession>): session is AuthSession =>
  typeof session.access_token === "string" && typeof session.refresh_token === "string";

const tokensOf = ({ access_token, refresh_token }: AuthSession) => ({
  accessToken: access_token,
  refreshToken: refresh_token,
});

/** The response of sign-up and sign-in. The user's data comes from the profile, not from Auth's metadata. */
async function withUser(session: AuthSession, call: CallDatabase): Promise<string> {
  const claims = decodeJwt<Claims>(session.access_token) as Claims;
  const { mfaRequired, ...user } = JSON.parse(await call("get_account", {}, { as: claims }));
  return JSON.stringify({ user, ...tokensOf(session), ...(mfaRequired && { mfaRequired }) });
}
