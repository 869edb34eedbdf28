import { expect, test } from "vitest";
import { password, someEmail } from "../world/people.ts";
import { person, visitor } from "./support.ts";

interface MailSummary {
  readonly ID: string;
  readonly To: readonly { readonly Address: string }[];
}

/** Returns the reset token of the newest mail to an address. */
async function resetToken(address: string): Promise<string> {
  const mailbox = `${process.env.MAILPIT_URL}/api/v1`;
  let token: string | undefined;
  await expect
    .poll(
      async () => {
        const { messages } = (await (await fetch(`${mailbox}/messages?limit=200`)).json()) as {
          messages: readonly MailSummary[];
        };
        for (const { ID } of messages.filter(({ To }) => To[0]?.Address === address)) {
          const { Text } = (await (await fetch(`${mailbox}/message/${ID}`)).json()) as {
            Text: string;
          };
          token ??= Text.match(/paste this one:\s+([0-9a-f]{64})\b/)?.[1];
        }
        return token;
      },
      { interval: 100 },
    )
    .toBeDefined();
  return token ?? "";
}

test("a password can be reset with the token from the email, which ends every session", async () => {
  const { onswift, email } = await person("talent");
  const device = visitor();
  expect(await device.auth.forgotPassword({ email }).orThrow()).toEqual({
    message: "Password reset email sent",
  });
  const token = await resetToken(email);

  const weak = await device.auth.resetPassword({ token, newPassword: "weak" });
  expect(weak.error).toMatchObject({ code: "WEAK_PASSWORD", status: 400 });
  const newPassword = "Other-horse-8!";
  expect(await device.auth.resetPassword({ token, newPassword }).orThrow()).toEqual({
    message: "Password reset successful",
  });

  expect(await device.auth.getSession().orThrow()).toBeNull();
  expect((await onswift.users.me()).error?.code).toBe("SESSION_REVOKED");
  const again = await visitor().auth.resetPassword({ token, newPassword });
  expect(again.error).toMatchObject({ code: "INVALID_RESET_TOKEN", status: 400 });
  const old = await visitor().auth.signIn({ email, password });
  expect(old.error?.code).toBe("INVALID_CREDENTIALS");
  await visitor().auth.signIn({ email, password: newPassword }).orThrow();
});

test("forgotPassword returns the same result for an unknown address", async () => {
  const { data } = await visitor().auth.forgotPassword({ email: someEmail() });
  expect(data).toEqual({ message: "Password reset email sent" });
});
