/** A new address. The fixture confirms nothing by mail (`enable_confirmations` is off), and so it counts at once. */
import { expect, test } from "vitest";
import { client, password, signedIn, somebody, someEmail } from "./target.ts";

test("takes the place of the old one", async () => {
  const { client: own, email, user } = await somebody();
  const next = someEmail();
  const { data, error } = await own.auth.updateUser({ email: next });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({ id: user.id, email: next });
  expect((await signedIn(next)).user.id).toBe(user.id);
  const old = await client().auth.signInWithPassword({ email, password });
  expect(old.error).toMatchObject({ status: 400, code: "invalid_credentials" });
});

test("is refused when somebody else has it", async () => {
  const [{ client: own }, { email }] = [await somebody(), await somebody()];
  const { error } = await own.auth.updateUser({ email });
  expect(error).toMatchObject({ status: 422, code: "email_exists" });
});
