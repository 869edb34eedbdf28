import { told, tooWeak, wrongField } from "../auth/refusals.ts";
import { ApiError } from "../http/errors.ts";
import { operation } from "../operation.ts";
import * as schemas from "../schemas/auth.ts";

const tag = "Authentication";

const forgotPassword = operation({
  id: "forgotPassword",
  method: "post",
  path: "/auth/forgot-password",
  tag,
  summary: "Send a mail that lets its reader set a new password",
  description:
    "Answers the same, and as fast, whether or not the address has an account. 3 an hour for one address.",
  access: "public",
  body: schemas.forgotPassword,
  success: { status: 200, description: "Always", schema: schemas.message },
  errors: [],
  handle: async ({ body: { email }, address, auth, background, database }) => {
    const wait = await database.resetWait(email, address);
    if (wait !== null) {
      throw new ApiError("RATE_LIMITED", "Too many reset mails. Try again later.", {
        retryAfter: wait,
      });
    }
    // Not awaited: how long Auth takes would tell whether the account exists.
    background(auth.recover(email));
    return JSON.stringify({ message: "Password reset email sent" });
  },
});

const resetPassword = operation({
  id: "resetPassword",
  method: "post",
  path: "/auth/reset-password",
  tag,
  summary: "Set a new password with the token of the mail",
  description:
    "The token works once, for an hour. All sessions end. A password that is too weak does not use the token up.",
  access: "public",
  body: schemas.resetPassword,
  success: { status: 200, description: "The password is set", schema: schemas.message },
  errors: ["WEAK_PASSWORD", "INVALID_RESET_TOKEN"],
  handle: async ({ body: { token, newPassword }, auth }) => {
    const { access_token } = await told(auth.verifyRecovery(token), {
      "*": () => new ApiError("INVALID_RESET_TOKEN", "The reset token is not valid or has expired"),
    });
    try {
      await told(auth.setPassword(access_token, newPassword), {
        same_password: () =>
          wrongField("newPassword", "Must differ from the password you have now"),
        "*": () => tooWeak("newPassword"),
      });
    } finally {
      // Auth ends the other sessions itself; the one this token opened must not outlive the reset.
      await auth.signOut(access_token, "global").catch(() => undefined);
    }
    return JSON.stringify({ message: "Password reset successful" });
  },
});

export const password = [forgotPassword, resetPassword];
