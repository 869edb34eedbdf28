/** A new address: asked for by mail even where sign-ups are trusted, for it may be somebody else's. */
import { expect, test } from "vitest";
import { ask } from "../support/http.ts";
import { client, linkIn, mailTo, password, signedIn, somebody, someEmail } from "./target.ts";

test("counts when the old and the new address have confirmed it", async () => {
  const { client: own, email, user } = await somebody();
  const next = someEmail();
  const { data, error } = await own.auth.updateUser({ email: next });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({ email, new_email: next });
  const address = async () => (await own.auth.getUser()).data.user?.email;

  const old = await ask(linkIn(await mailTo(email)).href);
  expect(old.status).toBe(303);
  expect(await address()).toBe(email);
  const fresh = await ask(linkIn(await mailTo(next)).href);
  expect(fresh.status).toBe(303);
  expect(await address()).toBe(next);
  expect((await signedIn(next)).user.id).toBe(user.id);
  const gone = await client().auth.signInWithPassword({ email, password });
  expect(gone.error).toMatchObject({ status: 400, code: "invalid_credentials" });
});

test("is refused when somebody else has it", async () => {
  const [{ client: own }, { email }] = [await somebody(), await somebody()];
  const { error } = await own.auth.updateUser({ email });
  expect(error).toMatchObject({ status: 422, code: "email_exists" });
});
