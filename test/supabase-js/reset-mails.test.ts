import { afterAll, expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";
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
  const [count] = await sql`
    select count(*)::int as mails from private.outbox
    where kind = 'auth_recovery' and recipient = ${email}`;
  expect(count).toEqual({ mails: 3 });
});
