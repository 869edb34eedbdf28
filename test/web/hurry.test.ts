import { expect, test } from "vitest";
import { person, team } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { appUrl, signInWith, takeProblems, untilLoaded, useWebApp, visitor } from "./app.ts";
import { picture } from "./picture.ts";

useWebApp();

/** People who click twice, change their minds, and have long names. */

test("a double click, and a second click while the dialog closes, create one task", async () => {
  const { creator, projectId } = await team();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  const before = (await creator.onswift.tasks.list(projectId).orThrow()).pagination.total;
  await page.goto(appUrl(`/projects/${projectId}`));
  await page.getByRole("button", { name: "New task" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Once");
  const button = page.getByRole("button", { name: "Create task" });
  const box = await button.boundingBox();
  if (box === null) throw new Error("The button is not on the screen.");
  const at = [box.x + box.width / 2, box.y + box.height / 2] as const;
  await page.mouse.dblclick(...at);
  const clicking = setInterval(() => void page.mouse.click(...at).catch(() => {}), 40);
  await page.getByRole("link", { name: "Once" }).first().waitFor();
  clearInterval(clicking);
  await untilLoaded(page);
  const { pagination } = await creator.onswift.tasks.list(projectId).orThrow();
  expect(pagination.total).toBe(before + 1);
  expect(takeProblems()).toEqual([]);
});

test("a dialog that is opened again has no errors of last time", async () => {
  const { email } = await person("creator");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/projects"));
  await page.getByRole("button", { name: "New project" }).first().click();
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByText("Name is required.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "New project" }).first().click();
  await page.getByRole("dialog").getByLabel("Name").waitFor();
  expect(await page.getByText("Name is required.").count()).toBe(0);
});

test("errors of files name the file, and go when others are chosen", async () => {
  const { talent, projectId, taskId } = await team();
  const { page } = await visitor();
  await signInWith(page, talent.email, password);
  await page.goto(appUrl(`/projects/${projectId}/tasks/${taskId}`));
  await page.getByRole("button", { name: "Submit work" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Cut");
  const input = dialog.locator("input[type=file]");
  const empty = { name: "empty.png", mimeType: "image/png", buffer: Buffer.alloc(0) };
  await input.setInputFiles(empty);
  await dialog.getByRole("button", { name: "Submit" }).click();
  await dialog.getByText("empty.png: File size must be at least 1 byte.").waitFor();
  await input.setInputFiles({ ...empty, name: "other.png", buffer: Buffer.from("x") });
  await dialog.getByText("empty.png: ").waitFor({ state: "detached" });
});

test("long words widen no page on a phone", async () => {
  const { creator, talent, projectId } = await team();
  const long = "Ä".repeat(90);
  await creator.onswift.projects.update(projectId, { name: long }).orThrow();
  await talent.onswift.users.update({ name: `😀 ${long}` }).orThrow();
  const task = await creator.onswift.tasks
    .create(projectId, { name: long, assigneeId: talent.id, dueDate: inDays(5) })
    .orThrow();
  const { page } = await visitor({ width: 390, height: 844 });
  await signInWith(page, creator.email, password);
  const project = `/projects/${projectId}`;
  const paths = [
    project,
    `${project}?tab=team`,
    `${project}/tasks/${task.id}`,
    `/talents/${talent.id}`,
  ];
  for (const path of paths) {
    await page.goto(appUrl(path));
    await page.getByText("Ä".repeat(90)).first().waitFor();
    await untilLoaded(page);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll("main *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth)
        .map((element) => element.outerHTML.slice(0, 100)),
    );
    expect(wide, path).toEqual([]);
  }
  // Half an emoji is drawn as a question mark.
  expect(await page.getByText("😀Ä", { exact: true }).count()).toBeGreaterThan(0);
});

test("a page of a session that was ended elsewhere leads to the sign-in and back", async () => {
  const { email, onswift } = await person("creator");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await onswift.auth.signOut({ scope: "others" }).orThrow();
  await page.getByRole("link", { name: "Find talents" }).click();
  await page.getByText("This session was ended from another device.").waitFor();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Find talents" }).waitFor();
});

test("without a network, a screen that is not loaded yet leaves the person in the app", async () => {
  const { email } = await person("creator");
  const { page, context } = await visitor();
  await signInWith(page, email, password);
  await untilLoaded(page);
  await context.setOffline(true);
  await page.getByRole("link", { name: "Analytics" }).click();
  await page.getByText("This part of the page cannot be loaded.").waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Tasks completed").first().waitFor();
});

test("the focus goes with a task that is moved by its menu", async () => {
  const { creator, projectId, taskId } = await team();
  const { name } = await creator.onswift.tasks.get(projectId, taskId).orThrow();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/projects/${projectId}`));
  const menu = page.getByRole("button", { name: `Move ${name}` });
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "In progress" }).getByRole("link", { name }).waitFor();
  const label = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  await expect.poll(label).toBe(`Move ${name}`);
});

test("a block takes the place of the message field, and can be undone there", async () => {
  const { creator, talent } = await team();
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/conversations/${id}`));
  await page.getByRole("button", { name: "More about this conversation" }).click();
  await page.getByRole("menuitem", { name: /^Block/ }).click();
  await page.getByText(/^You have blocked/).waitFor();
  expect(await page.getByRole("textbox", { name: "Message" }).count()).toBe(0);
  await page.getByRole("button", { name: "Unblock" }).click();
  await page.getByRole("textbox", { name: "Message" }).waitFor();
});

test("an address with a wrong filter or id shows a page that helps", async () => {
  const { creator } = await team();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  for (const path of ["/projects?status=nonsense&page=-1", "/deliverables?status=x&page=0"]) {
    await page.goto(appUrl(path));
    await untilLoaded(page);
    expect(await page.getByRole("alert").count(), path).toBe(0);
  }
  await page.goto(appUrl("/projects/not-an-id"));
  await page.getByText("There is no page at this address.").waitFor();
  await page.goto(appUrl("/verify-email?token=x"));
  await page.getByRole("heading", { name: "Not verified" }).waitFor({ timeout: 4000 });
});

test("who signs out on the page of the account reaches the sign-in", async () => {
  const { email } = await person("talent");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/account"));
  await page.getByRole("button", { name: "Delete my account" }).waitFor();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("Email address").fill(email);
});

test("lists of the account that do not load are errors, and are asked for a few times only", async () => {
  const { email } = await person("talent");
  const { page } = await visitor();
  await signInWith(page, email, password);
  let asked = 0;
  await page.route("**/rpc/list_blocks", (route) => {
    asked += 1;
    return route.fulfill({
      status: 403,
      json: { code: "PT403", hint: "FORBIDDEN", message: "No." },
    });
  });
  await page.goto(appUrl("/account"));
  await page.getByRole("region", { name: "Blocked users" }).getByRole("alert").waitFor();
  await untilLoaded(page);
  expect(asked).toBeLessThan(5);
});

test("a new picture, and a click beside a dialog, keep what is being written", async () => {
  const { email } = await person("talent");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/profile"));
  await page.getByLabel("Bio").fill("Half a sentence");
  const uploaded = page.waitForResponse(/rpc\/get_me/);
  await page.locator("input[type=file]").setInputFiles({
    name: "me.png",
    mimeType: "image/png",
    buffer: picture(1),
  });
  await uploaded;
  await page.locator(".face img").first().waitFor();
  expect(await page.getByLabel("Bio").inputValue()).toBe("Half a sentence");
  const saved = page.waitForResponse(/rpc\/update_me/);
  await page.getByRole("button", { name: "Save the profile" }).click();
  await saved;
  await page.reload();
  await expect.poll(() => page.getByLabel("Bio").inputValue()).toBe("Half a sentence");

  await page.goto(appUrl("/account"));
  await page.getByRole("button", { name: "Delete my account" }).dblclick();
  await page.getByRole("dialog").getByRole("textbox", { name: "Password" }).waitFor();
  await page.mouse.click(5, 400);
  expect(await page.getByRole("dialog").isVisible()).toBe(true);
});

test("the code of an authenticator app can be typed at once, and a double click adds one app", async () => {
  const { email, onswift } = await person("talent");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/account"));
  await page.getByRole("button", { name: "Add an authenticator app" }).click();
  await page.getByRole("button", { name: "Continue" }).dblclick();
  await page.getByRole("img", { name: "QR code of the secret below" }).waitFor();
  await page.keyboard.type("12345");
  expect(await page.getByRole("textbox", { name: "Code" }).inputValue()).toBe("12345");
  await page.waitForLoadState("networkidle");
  expect((await onswift.auth.mfa.listFactors().orThrow()).factors).toHaveLength(1);
  expect(await page.getByRole("alert").count()).toBe(0);
});

test("a deleted account is named as what it is", async () => {
  const { email, onswift } = await person("talent");
  await onswift.users.delete({ password }).orThrow();
  const { page } = await visitor();
  await page.goto(appUrl("/sign-in"));
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("This account was deleted or suspended.").waitFor();
});

test("a double click on the submitting button does not stop the upload", async () => {
  const { talent, projectId, taskId } = await team();
  const { page } = await visitor();
  await signInWith(page, talent.email, password);
  await page.goto(appUrl(`/projects/${projectId}/tasks/${taskId}`));
  await page.getByRole("button", { name: "Submit work" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Twice");
  await dialog
    .locator("input[type=file]")
    .setInputFiles({ name: "cut.png", mimeType: "image/png", buffer: picture(2) });
  await dialog.getByRole("button", { name: "Submit" }).dblclick();
  await page.getByRole("heading", { name: "Twice" }).waitFor();
});

test("a talent that is opened while the search is being typed is not left again", async () => {
  const { email } = await person("creator");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/talents"));
  const card = page.locator('main a[href^="/talents/"]').first();
  await card.waitFor();
  const name = await card.getByRole("heading").textContent();
  // Its screen arrives after the search has waited for more letters.
  await page.route(/assets\/talent-[^/]*\.js/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await route.continue();
  });
  await page.getByLabel("Search", { exact: true }).fill("a");
  await card.dispatchEvent("click");
  await page.getByRole("heading", { name: name ?? "", level: 1 }).waitFor({ timeout: 10_000 });
});

test("a search that is typed at rest finds, and filters set in one moment all count", async () => {
  const { email } = await person("creator");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/talents"));
  await page.locator('main a[href^="/talents/"]').first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Search", { exact: true }).fill("zzzz no such talent");
  await page.getByText("No talent matches").waitFor();
  await page.getByLabel("Search", { exact: true }).fill("editor");
  await page.getByLabel("Rate from").fill("20");
  await page.getByLabel("Rate to").fill("300");
  await page.getByLabel("Rating").selectOption("3");
  await expect
    .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
    .toEqual({ q: "editor", minRate: "20", maxRate: "300", minRating: "3" });
});
