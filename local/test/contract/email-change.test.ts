/** Email changes. They need confirmation even where sign-ups do not, as the address may belong to another person. */
import { expect, test } from "vitest";
import { ask } from "../support/http.ts";
import { client, linkIn, mailTo, newUser, password, randomEmail, signedIn } from "./target.ts";

test("changes the address after both addresses confirm", async () => {
  const { client: own, email, user } = await newUser();
  const next = randomEmail();
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

test("rejects an address of another account", async () => {
  const [{ client: own }, { email }] = [await newUser(), await newUser()];
  const { error } = await own.auth.updateUser({ email });
  expect(error).toMatchObject({ status: 422, code: "email_exists" });
});
