import { afterAll, expect, test } from "vitest";
import { aProject, person, team } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { aTask } from "../world/projects.ts";
import { openDatabase } from "../world/stack.ts";
import { appUrl, signInWith, untilLoaded, useWebApp, visitor } from "./app.ts";
import { picture } from "./picture.ts";

useWebApp();

const sql = openDatabase();
afterAll(() => sql.end());

/** What goes wrong, what changes meanwhile, and where people come back to. */

/** A promise, and what fulfils it. */
function gate(): readonly [Promise<void>, () => void] {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [opened, () => open()];
}

test("the fields of a search show what its address has, also after a link and the back button", async () => {
  const { email } = await person("creator");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/talents?sort=nonsense"));
  await page.locator('main a[href^="/talents/"]').first().waitFor();
  const search = page.getByLabel("Search", { exact: true });
  await search.fill("editor");
  await page.getByLabel("Rate from").fill("20");
  await page.waitForURL(/q=editor.*minRate=20/);
  expect(await search.inputValue()).toBe("editor");
  await page.getByRole("link", { name: "Find talents" }).click();
  await expect.poll(() => search.inputValue()).toBe("");
  expect(await page.getByLabel("Rate from").inputValue()).toBe("");
  await page.goBack();
  await expect.poll(() => search.inputValue()).toBe("editor");
});

test("a task without an assignee has none after it is renamed", async () => {
  const { creator, talent, projectId, taskId } = await team();
  const other = await person("talent");
  await creator.onswift.team.add(projectId, { userId: other.id }).orThrow();
  await creator.onswift.team.remove(projectId, talent.id).orThrow();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/projects/${projectId}/tasks/${taskId}`));
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Renamed");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Renamed" }).waitFor();
  const task = await creator.onswift.tasks.get(projectId, taskId).orThrow();
  expect(task).toMatchObject({ name: "Renamed", assignee: null });
});

test("every message that cannot be sent comes back, and waits while another screen is open", async () => {
  const { creator, talent } = await team();
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/conversations/${id}`));
  let sent = 0;
  const [allWritten, answer] = gate();
  await page.route("**/rpc/send_message", async (route) => {
    await allWritten;
    sent += 1;
    if (sent > 2) return route.continue();
    return route.fulfill({ status: 500, json: { message: "No." } });
  });
  const field = page.getByRole("textbox", { name: "Message" });
  for (const words of ["First", "Second", "Third"]) {
    await field.fill(words);
    await field.press("Enter");
  }
  answer();
  await page.getByRole("region", { name: "Messages" }).getByText("Third").waitFor();
  await expect.poll(() => field.inputValue()).toBe("First\nSecond");
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: "Calendar" }).click();
  await page.goBack();
  await expect.poll(() => field.inputValue()).toBe("First\nSecond");
});

test("a dialog stays open while its action runs, with the words of a person if that fails", async () => {
  const { creator, projectId } = await team();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/projects/${projectId}`));
  const [pressed, fail] = gate();
  await page.route("**/rpc/create_task", async (route) => {
    await pressed;
    await route.fulfill({ status: 500, json: { message: "No." } });
  });
  await page.getByRole("button", { name: "New task" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Kept");
  await dialog.getByRole("button", { name: "Create task" }).click();
  await page.keyboard.press("Escape");
  fail();
  await dialog.getByRole("alert").waitFor();
  expect(await dialog.getByLabel("Name").inputValue()).toBe("Kept");
});

test("work for a task that is assigned to another talent meanwhile is refused with a reason", async () => {
  const { creator, talent, projectId, taskId } = await team();
  const other = await person("talent");
  await creator.onswift.team.add(projectId, { userId: other.id }).orThrow();
  const { page } = await visitor();
  await signInWith(page, talent.email, password);
  await page.goto(appUrl(`/projects/${projectId}/tasks/${taskId}`));
  await page.getByRole("button", { name: "Submit work" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Cut");
  await dialog
    .locator("input[type=file]")
    .setInputFiles({ name: "cut.png", mimeType: "image/png", buffer: picture(2) });
  await creator.onswift.tasks.update(projectId, taskId, { assigneeId: other.id }).orThrow();
  await dialog.getByRole("button", { name: "Submit" }).click();
  await dialog.getByText("Task must be assigned to you.").waitFor();
});

test("a part whose script does not arrive can be asked for again", async () => {
  const { creator, projectId } = await team();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  const board = /assets\/board-[^/]*\.js/;
  await page.route(board, (route) => route.abort());
  await page.goto(appUrl(`/projects/${projectId}`));
  await page.getByText("This part of the page cannot be loaded.").waitFor();
  await page.unroute(board);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("region", { name: "Planning" }).waitFor();
});

test("lists lead from a page that is gone, a deleted project is no board, and days are those of the user", async () => {
  const { creator, talent, projectId, taskId } = await team();
  const submitted = await talent.onswift.deliverables
    .submit({ projectId, taskId, title: "Cut", files: [{ name: "cut.png", data: picture(1) }] })
    .orThrow();
  // In one of the two, it is always another day than in UTC.
  const zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago"];
  const { page } = await visitor({ timezoneId: zones[new Date().getUTCHours() < 11 ? 1 : 0] });
  await signInWith(page, talent.email, password);
  await page.goto(appUrl(`/deliverables/${submitted.id}`));
  await page.getByText("Version 1 · 0 of 3 revisions used").waitFor();
  await page.goto(appUrl("/projects?page=7"));
  await page.getByRole("link", { name: new RegExp(aProject().name) }).waitFor();
  const today = await page.evaluate(() =>
    new Date().toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" }),
  );
  await page.goto(appUrl(`/projects/${projectId}?tab=team`));
  await page.getByText(`since ${today}`).waitFor();
  await page.getByRole("tab", { name: "Board" }).click();
  await page.getByRole("button", { name: `Move ${aTask("").name}` }).click();
  await creator.onswift.projects.delete(projectId).orThrow();
  await page.getByRole("menuitem").first().click();
  await page.getByRole("heading", { name: "Not found" }).waitFor();
});

test("a profile is saved with a word, the focus stays, and a phone's menu closes on the same page", async () => {
  const { email } = await person("talent");
  const { page } = await visitor({ width: 390 });
  await signInWith(page, email, password);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Profile" }).click();
  await page.getByLabel("Bio").fill("Words");
  const save = page.getByRole("button", { name: "Save the profile" });
  await save.click();
  await page.getByText("Saved.").waitFor();
  expect(await save.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Profile" }).click();
  await page.getByRole("link", { name: "Profile" }).waitFor({ state: "hidden" });
  await untilLoaded(page);
});

test("the way back leads to what was left, and earlier messages do not move the ones that are read", async () => {
  const { creator, talent, taskId } = await team();
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  await sql`
    insert into public.messages (conversation_id, sender_id, content, sent_at)
    select ${id}, ${creator.id}, 'Message ' || n, now() - n * interval '1 minute'
    from generate_series(1, 80) as n`;
  await sql`
    update public.tasks set due_date = date_trunc('month', current_date + interval '1 month') + interval '14 days'
    where id = ${taskId}`;
  const { page } = await visitor();
  await signInWith(page, talent.email, password);
  await page.goto(appUrl(`/conversations/${id}`));
  const chat = page.getByRole("region", { name: "Messages" });
  const oldest = chat.getByText("Message 50", { exact: true });
  await oldest.waitFor();
  await chat.evaluate((list) => list.scrollTo({ top: 0 }));
  const top = async () => (await oldest.boundingBox())?.y ?? 0;
  const before = await top();
  await page.getByRole("button", { name: "Earlier messages" }).click();
  await chat.getByText("Message 80", { exact: true }).waitFor();
  expect(Math.abs((await top()) - before)).toBeLessThan(60);

  await page.goto(appUrl("/notifications"));
  await page.getByText("Unread", { exact: true }).click();
  await page.getByRole("button", { name: /New Task/ }).click();
  await page.getByRole("button", { name: "Submit work" }).waitFor();
  await page.goBack();
  expect(await page.getByRole("radio", { name: "Unread" }).isChecked()).toBe(true);

  await page.goto(appUrl("/calendar"));
  await page.getByRole("button", { name: "Next" }).first().click();
  await page.waitForURL(/month=/);
  const month = page.url();
  await page.getByRole("link", { name: "Deliverables" }).click();
  await page.goBack();
  await page.getByRole("link", { name: aTask("").name }).waitFor();
  expect(page.url()).toBe(month);
});

test("a person who has gone elsewhere is not called back when an action succeeds", async () => {
  const { creator, talent } = await team();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/talents/${talent.id}`));
  const [left, succeed] = gate();
  await page.route("**/rpc/open_conversation", async (route) => {
    await left;
    await route.continue();
  });
  await page.getByRole("button", { name: "Message" }).click();
  await page.getByRole("link", { name: "Deliverables" }).click();
  await page.getByRole("heading", { name: "Deliverables" }).waitFor();
  // It is loaded again by the success, which leads on before that.
  const listed = page.waitForResponse(/rpc\/list_conversations/);
  succeed();
  await listed;
  await untilLoaded(page);
  expect(page.url()).toBe(appUrl("/deliverables"));
});

test("a page that could not start can be tried again", async () => {
  const { page } = await visitor();
  await page.route("**/config.json", (route) => route.abort());
  await page.goto(appUrl("/sign-in"));
  await page.getByText("OnSwift cannot start").waitFor();
  await page.unroute("**/config.json");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("a task for an empty team asks for a talent", async () => {
  const { email, onswift } = await person("creator");
  const { id } = await onswift.projects.create(aProject()).orThrow();
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl(`/projects/${id}`));
  await page.getByRole("button", { name: "New task" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Rough cut");
  await dialog.getByRole("button", { name: "Create task" }).click();
  await dialog.locator("[role=alert], .mantine-InputWrapper-error").first().waitFor();
  await dialog.getByText("Add a talent to the team first.").waitFor();
  expect(await dialog.getByText("UUID").count()).toBe(0);
});
