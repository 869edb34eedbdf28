import { createClient } from "@supabase/supabase-js";
import { afterAll, expect, test } from "vitest";
import { resetToken } from "../rest/mail.ts";
import { someEmail } from "../world/people.ts";
import { apiUrl, openDatabase } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { anonymousClient, signUp } from "../world/through-supabase-js.ts";

const sql = openDatabase();

afterAll(() => sql.end());

test("Auth sends 3 reset emails per hour for an address when called directly, and responds the same afterwards", async () => {
  const { email } = await signUp("talent");
  for (let round = 0; round < 5; round += 1) {
    // Auth itself requires a second between two emails to the same address.
    await expect
      .poll(async () => (await anonymousClient().auth.resetPasswordForEmail(email)).error, {
        interval: 200,
      })
      .toBeNull();
  }
  const mails = await tables(sql)
    .selectFrom("private.outbox")
    .select("id")
    .where("kind", "=", "auth_recovery")
    .where("recipient", "=", email)
    .execute();
  expect(mails).toHaveLength(3);
});

test("an invited user chooses a password with the mailed token, and signs in", async () => {
  const admin = createClient(apiUrl, process.env.SECRET_KEY ?? "", {
    auth: { persistSession: false },
  });
  const email = someEmail();
  const data = { name: "Ida", userType: "talent" };
  expect((await admin.auth.admin.inviteUserByEmail(email, { data })).error).toBeNull();
  const token = await resetToken(email, /invited/);
  const client = anonymousClient();
  const password = "Other-horse-8!";
  const reset = { token, newPassword: password };
  expect((await client.schema("api").rpc("reset_password", reset)).error).toBeNull();
  expect((await client.auth.signInWithPassword({ email, password })).error).toBeNull();
});
