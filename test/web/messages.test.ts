import { expect, test } from "vitest";
import { person, team } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { appUrl, signInWith, takeProblems, useWebApp, visitor } from "./app.ts";

useWebApp();

test("who reads earlier messages is not moved, sees that new ones came, and has not read them yet", async () => {
  const { creator, talent } = await team();
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  for (const name of ["One", "Two", "Three", "Four", "Five"]) {
    await creator.onswift.messages.send(id, { content: `${name}${"\nmore".repeat(12)}` }).orThrow();
  }
  const { page } = await visitor();
  await signInWith(page, talent.email, password);
  await page.goto(appUrl(`/conversations/${id}`));
  const chat = page.getByRole("region", { name: "Messages" });
  await chat.getByText("Five").waitFor();
  const fromEnd = () =>
    chat.evaluate((one) => Math.round(one.scrollHeight - one.scrollTop - one.clientHeight));
  await expect.poll(fromEnd).toBeLessThan(20);
  await chat.evaluate((one) => one.scrollTo({ top: 0 }));
  await expect.poll(fromEnd).toBeGreaterThan(200);

  await creator.onswift.messages.send(id, { content: "Are you there?" }).orThrow();
  await chat.getByRole("button", { name: "New messages" }).waitFor();
  expect(await chat.evaluate((one) => one.scrollTop)).toBe(0);
  const unread = async () => (await talent.onswift.conversations.get(id).orThrow()).unreadCount;
  expect(await unread()).toBe(1);

  await chat.getByRole("button", { name: "New messages" }).click();
  await expect.poll(fromEnd).toBeLessThan(20);
  await expect.poll(unread).toBe(0);
  await chat.getByRole("button", { name: "New messages" }).waitFor({ state: "detached" });

  // An own message leads to the end again.
  await chat.evaluate((one) => one.scrollTo({ top: 0 }));
  await expect.poll(fromEnd).toBeGreaterThan(200);
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("Yes");
  await field.press("Enter");
  await expect.poll(fromEnd).toBeLessThan(20);
  expect(takeProblems()).toEqual([]);
});

test("conversations beyond the first page can be reached", async () => {
  const { email, onswift } = await person("creator");
  for (const name of ["Ada First", "Bo Second", "Cy Third"]) {
    await onswift.conversations.open((await person("talent", name)).id).orThrow();
  }
  const { page } = await visitor();
  // As if there were more than fifty.
  await page.route(/\/rpc\/list_conversations/, (route) =>
    route.continue({ postData: { ...route.request().postDataJSON(), limit: 2 } }),
  );
  await signInWith(page, email, password);
  await page.goto(appUrl("/conversations"));
  const list = page.getByRole("navigation", { name: "Conversations" });
  await list.getByRole("button", { name: "Earlier conversations" }).click();
  await expect.poll(() => list.getByRole("link").count()).toBe(3);
  await expect.poll(() => list.getByRole("button").count()).toBe(0);
  expect(takeProblems()).toEqual([]);
});
