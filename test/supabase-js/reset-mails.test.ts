import { afterAll, expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";
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
        timeout: 5000,
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
