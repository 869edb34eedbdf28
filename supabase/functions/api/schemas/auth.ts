import { z } from "zod";
import { weakPasswordMark } from "../http/validation.ts";
import { answer, requestBody, requests, text, uuid } from "./common.ts";

export const userType = z.enum(["creator", "talent"]);

const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domain = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Kept in lower case. Auth looks at it again; this is here to name the field before anything happens. */
const email = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .refine((value) => isEmail(value), "Must be a valid e-mail address")
  .meta({ openapi: { type: "string", format: "email", maxLength: 254 } });

function isEmail(value: string): boolean {
  const at = value.lastIndexOf("@");
  const name = value.slice(0, at);
  return (
    at > 0 &&
    value.length <= 254 &&
    name.length <= 64 &&
    local.test(name) &&
    domain.test(value.slice(at + 1))
  );
}

/** The rules of `[auth] password_requirements`, told one by one; Auth has the last word. */
const strengthRules: readonly (readonly [RegExp, string])[] = [
  [/.{8,}/s, "Must have at least 8 characters"],
  [/[A-Z]/, "Must contain an uppercase letter"],
  [/[a-z]/, "Must contain a lowercase letter"],
  [/[0-9]/, "Must contain a number"],
  [/[!@#$%^&*()_+\-=[\]{};'\\:"|<>?,./`~]/, "Must contain a special character"],
];

/** bcrypt reads no further than this. */
const maxPasswordBytes = 72;
const bytes = (value: string) => new TextEncoder().encode(value).length;

const newPassword = strengthRules
  .reduce(
    (schema, [rule, message]) =>
      schema.refine((value) => rule.test(value), { message, params: weakPasswordMark }),
    z.string(),
  )
  .refine((value) => bytes(value) <= maxPasswordBytes, `Must be at most ${maxPasswordBytes} bytes`)
  .meta({
    openapi: {
      type: "string",
      format: "password",
      minLength: 8,
      maxLength: maxPasswordBytes,
      description: "With an uppercase and a lowercase letter, a number and a special character.",
    },
  });

const givenPassword = z
  .string()
  .min(1, "Must not be empty")
  .max(1024, "Must be at most 1024 characters")
  .meta({ format: "password" });

const oneTimeToken = z.string().min(1, "Must not be empty").max(512, "Must be a valid token");

export const signUp = z
  .strictObject({
    email,
    password: newPassword,
    name: text(1, 255),
    userType,
    companyName: text(0, 255).nullish().meta({ description: "For creators only." }),
  })
  .refine(({ userType, companyName }) => userType !== "talent" || !companyName, {
    path: ["companyName"],
    message: "Only a creator has a company name",
    // Also when other fields are wrong, so that one answer names them all.
    when: ({ value }) => typeof value === "object" && value !== null,
  })
  .register(requests, { id: "SignUp" });

export const signIn = requestBody("SignIn", { email, password: givenPassword });
export const refresh = requestBody("Refresh", { refreshToken: oneTimeToken });
export const forgotPassword = requestBody("ForgotPassword", { email });
export const resetPassword = requestBody("ResetPassword", { token: oneTimeToken, newPassword });
export const deleteAccount = requestBody("DeleteAccount", { password: givenPassword });

export const verifyEmailQuery = z.object({ token: oneTimeToken });
export const signOutQuery = z.object({
  scope: z
    .enum(["local", "global", "others"])
    .default("local")
    .meta({ description: "This session, all sessions, or all but this one." }),
});

const tokens = { accessToken: z.string(), refreshToken: z.string() };

export const session = answer("Session", {
  user: z.object({ id: uuid, email: z.email(), name: z.string(), userType }),
  ...tokens,
});
export const tokenPair = answer("TokenPair", tokens);
export const message = answer("Message", { message: z.string() });
export const verified = answer("EmailVerified", { verified: z.literal(true) });
