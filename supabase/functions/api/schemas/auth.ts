import { z } from "zod";
import { answer, instant, requestBody, text, uuid, when, wholeNumber } from "./common.ts";

export const userType = z.enum(["creator", "talent"]);

const email = z
  .email()
  .max(255)
  .meta({ description: "Stored in lower case.", examples: ["ada@example.com"] });

const special = "[\\]!@#$%^&*()_+=[{};'\\\\:\"|<>?,./`~-]";
const newPassword = z
  .string()
  .min(8)
  .max(72)
  .meta({
    format: "password",
    pattern: `^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*${special})`,
    examples: ["Correct-horse-7!"],
    description:
      "At most 72 bytes, with an uppercase and a lowercase letter, a number and a special character. Not a common password.",
  });

const currentPassword = text(1, 1000).meta({ format: "password", examples: ["Correct-horse-7!"] });
const oneTimeToken = text(1, 512);

export const signUp = requestBody(
  "SignUp",
  {
    email,
    password: newPassword,
    name: text(1, 255),
    userType,
    companyName: text(0, 255).nullish().meta({ description: "Creators only." }),
  },
  when("userType", "talent", { properties: { companyName: { type: "null" } } }),
);

export const signIn = requestBody("SignIn", { email, password: currentPassword });
export const refresh = requestBody("Refresh", { refreshToken: z.string() });
export const forgotPassword = requestBody("ForgotPassword", { email });
export const resetPassword = requestBody("ResetPassword", { token: oneTimeToken, newPassword });
export const changePassword = requestBody("ChangePassword", { currentPassword, newPassword });
export const changeEmail = requestBody("ChangeEmail", {
  password: currentPassword,
  newEmail: email,
});
export const deleteAccount = requestBody("DeleteAccount", { password: currentPassword });

export const verifyEmailQuery = z.object({
  token: oneTimeToken.meta({ description: "From the link in the email." }),
});
export const signOutQuery = z.object({
  scope: z.enum(["local", "global", "others"]).optional().meta({
    default: "local",
    description: "`local` ends this session, `global` all sessions, `others` all but this one.",
  }),
});

export const sessionParams = z.object({ sessionId: uuid });
const signedInSession = answer("SignedInSession", {
  id: uuid,
  createdAt: instant,
  lastUsedAt: instant.meta({ description: "When its tokens were last renewed." }),
  userAgent: z.string().nullable(),
  ipAddress: z.string().nullable(),
  current: z.boolean().meta({ description: "Whether this request belongs to it." }),
});
export const sessions = answer("SessionList", { sessions: z.array(signedInSession) });

export const securityQuery = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .meta({ description: "The id of an event. Only earlier events are returned." }),
  limit: wholeNumber({ default: 50, description: "More than 100 counts as 100." }).optional(),
});
export const securityEvent = answer("SecurityEvent", {
  id: z.string(),
  type: z.enum([
    "signed_in",
    "sign_in_failed",
    "session_ended",
    "password_changed",
    "email_changed",
    "factor_added",
    "factor_removed",
    "factor_failed",
  ]),
  newDevice: z
    .boolean()
    .meta({ description: "Whether it is the first sign-in with this user agent in the log." }),
  userAgent: z.string().nullable(),
  ipAddress: z.string().nullable(),
  createdAt: instant,
});
export const securityEvents = answer("SecurityEventList", {
  events: z.array(securityEvent),
  hasMore: z.boolean(),
});

const tokens = { accessToken: z.string(), refreshToken: z.string() };

export const session = answer("Session", {
  user: z.object({ id: uuid, email: z.email(), name: z.string(), userType }),
  ...tokens,
  mfaRequired: z.literal(true).optional().meta({
    description:
      "A code of the second factor must be verified before the tokens can be used. Absent if there is none.",
  }),
});
export const tokenPair = answer("TokenPair", tokens);
export const message = answer("Message", { message: z.string() });
export const verified = answer("EmailVerified", { verified: z.literal(true) });
