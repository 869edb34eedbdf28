import { invalidField, mapAuthErrors, weakPassword } from "../auth/errors.ts";
import * as authMessages from "../auth/messages.ts";
import { ApiError } from "../http/errors.ts";
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
    "Responds the same, and as fast, whether or not the address has an account. At most 3 per hour for one address.",
  access: "public",
  body: schemas.forgotPassword,
  success: {
    status: 200,
    description: "Accepted, whether or not the address has an account",
    schema: schemas.message,
  },
  errors: [],
  handle: async ({ body, address, auth, background, database }) => {
    const { email } = await database.check<{ email: string }>("check_forgot_password", body.json);
    const wait = await database.resetWait(email, address);
    if (wait !== null) {
      throw new ApiError("RATE_LIMITED", authMessages.tooManyResetEmails, { retryAfter: wait });
    }
    // Not awaited, because the time that Auth takes would reveal whether the account exists.
    background(auth.recover(email));
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
  handle: async ({ body, auth, database }) => {
    const { token, newPassword } = await database.check<{ token: string; newPassword: string }>(
      "check_password_reset",
      body.json,
    );
    const { access_token } = await mapAuthErrors(auth.verifyRecovery(token), {
      "*": () => new ApiError("INVALID_RESET_TOKEN", authMessages.invalidResetToken),
    });
    try {
      await mapAuthErrors(auth.setPassword(access_token, newPassword), {
        same_password: () => invalidField("newPassword", authMessages.samePassword),
        "*": weakPassword("newPassword"),
      });
    } finally {
      // Auth ends the other sessions itself. This one was opened by the token.
      await auth.signOut(access_token, "global").catch(() => undefined);
    }
    return JSON.stringify({ message: "Password reset successful" });
  },
};

export const password: readonly Operation[] = [forgotPassword, resetPassword];
