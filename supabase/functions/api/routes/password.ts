import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/auth.ts";

const tag = "Authentication";

const forgotPassword: Operation = {
  id: "forgotPassword",
  method: "post",
  path: "/auth/forgot-password",
  tag,
  summary: "Send an email with a token to reset the password",
  description:
    "Responds the same, and as fast, whether or not the address has an account. At most 3 per hour for one address. Earlier tokens stay valid.",
  access: "public",
  body: schemas.forgotPassword,
  success: {
    status: 200,
    description: "Accepted, whether or not the address has an account",
    schema: schemas.message,
  },
  errors: [],
  handle: async ({ body, call }) => {
    await call("forgot_password", {}, { input: body });
    return JSON.stringify({ message: "Password reset email sent" });
  },
};

const resetPassword: Operation = {
  id: "resetPassword",
  method: "post",
  path: "/auth/reset-password",
  tag,
  summary: "Set a new password with the token from the email",
  description:
    "The token works once and expires after one hour. All sessions of the user end. An invalid new password does not use the token.",
  access: "public",
  body: schemas.resetPassword,
  success: { status: 200, description: "The password has been changed", schema: schemas.message },
  errors: ["WEAK_PASSWORD", "INVALID_RESET_TOKEN"],
  handle: async ({ body, call }) => {
    await call("reset_password", {}, { input: body });
    return JSON.stringify({ message: "Password reset successful" });
  },
};

const changePassword: Operation = {
  id: "changePassword",
  method: "post",
  path: "/auth/change-password",
  tag,
  summary: "Change the password, with the current one as confirmation",
  description:
    "All other sessions and the calendar link end, and the user receives an email about the change. At most 5 wrong passwords in 15 minutes, and 5 changes per hour.",
  access: "user",
  body: schemas.changePassword,
  success: { status: 204, description: "The password has been changed" },
  errors: ["WRONG_PASSWORD", "WEAK_PASSWORD"],
  handle: async ({ body, call }) => {
    await call("change_password", {}, { input: body });
    return undefined;
  },
};

const changeEmail: Operation = {
  id: "changeEmail",
  method: "post",
  path: "/auth/change-email",
  tag,
  summary: "Change the email address, with the password as confirmation",
  description:
    "Sends a link to the new address, valid for 24 hours. Opening it changes the address, ends all other sessions and sends an email to the old address. At most 3 requests per hour.",
  access: "user",
  body: schemas.changeEmail,
  success: {
    status: 200,
    description: "The link was sent to the new address",
    schema: schemas.message,
  },
  errors: ["WRONG_PASSWORD", "EMAIL_EXISTS"],
  handle: async ({ body, call }) => {
    await call("change_email", {}, { input: body });
    return JSON.stringify({ message: "Confirmation email sent" });
  },
};

export const password: readonly Operation[] = [
  forgotPassword,
  resetPassword,
  changePassword,
  changeEmail,
];
