import { randomBytes } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { png } from "../rest/images.ts";
import { movie } from "../sdk/movie.ts";
import { aProject, person, team } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { openDatabase } from "../world/stack.ts";
import { accessibility } from "./accessibility.ts";
import { appUrl, signInWith, takeProblems, useWebApp, visitor } from "./app.ts";

useWebApp();

const sql = openDatabase();
afterAll(() => sql.end());

test("a large file is sent with progress, can be paused, and arrives", async () => {
  const { talent, projectId, taskId } = await team();
  const { page, context } = await visitor();
  await signInWith(page, talent.email, password);
  await page.goto(appUrl(`/projects/${projectId}/tasks/${taskId}`));
  await page.getByRole("button", { name: "Submit work" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("The whole film");
  await dialog
    .locator("input[type=file]")
    .setInputFiles({ name: "film.mp4", mimeType: "video/mp4", buffer: movie(20 * 1024 * 1024) });
  const devTools = await context.newCDPSession(page);
  const line = { offline: false, latency: 0, downloadThroughput: -1 };
  const slow = { ...line, uploadThroughput: 3 * 1024 * 1024 };
  await devTools.send("Network.emulateNetworkConditions", slow);
  await dialog.getByRole("button", { name: "Submit" }).click();
  const progress = dialog.getByRole("status");
  await expect
    .poll(() => progress.textContent(), { timeout: 60_000 })
    .toMatch(/^Sent [1-9].*20\.0 MB/);
  await dialog.getByRole("button", { name: "Pause" }).click();
  await expect.poll(() => progress.textContent()).toMatch(/^Paused at/);
  await dialog.getByRole("button", { name: "Resume" }).click();
  await devTools.send("Network.emulateNetworkConditions", { ...line, uploadThroughput: -1 });
  await page.getByRole("heading", { name: "The whole film" }).waitFor();
  await page.getByLabel("film.mp4", { exact: true }).waitFor();
  expect(takeProblems()).toEqual([]);
});

test("offline, the page says so; back online, nothing was lost", async () => {
  const { creator, talent } = await team();
  const conversation = await creator.onswift.conversations.open(talent.id).orThrow();
  const { page, context } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/conversations/${conversation.id}`));
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("Before");
  await field.press("Enter");
  await page.getByRole("region", { name: "Messages" }).getByText("Before").waitFor();

  await context.setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await field.fill("During");
  await field.press("Enter");
  await page.getByText("OnSwift cannot be reached.").waitFor();
  expect(await field.inputValue()).toBe("During");
  await talent.onswift.messages.send(conversation.id, { content: "Are you there?" }).orThrow();

  await context.setOffline(false);
  await page.getByText("You are offline.").waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Messages" }).getByText("Are you there?").waitFor();
  await field.press("Enter");
  await expect
    .poll(
      async () => {
        const { messages } = await talent.onswift.messages.list(conversation.id).orThrow();
        return messages.map(({ content }) => content);
      },
      { timeout: 60_000 },
    )
    .toEqual(["During", "Are you there?", "Before"]);
});

test("a message is edited and deleted for both, and receipts outlive a reload", async () => {
  const { creator, talent } = await team();
  const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
  const messages = ["First", "Secnod", "Third"];
  for (const content of messages) await creator.onswift.messages.send(id, { content }).orThrow();
  const [{ page }, { page: other }] = await Promise.all([visitor(), visitor()]);
  await Promise.all([
    signInWith(page, creator.email, password),
    signInWith(other, talent.email, password),
  ]);
  await page.goto(appUrl(`/conversations/${id}`));
  const chat = page.getByRole("region", { name: "Messages" });
  await chat.getByText("Third").waitFor();
  expect(await chat.getByText("Seen").count()).toBe(0);
  await other.goto(appUrl(`/conversations/${id}`));
  const otherChat = other.getByRole("region", { name: "Messages" });
  await chat.getByText("Seen").waitFor();
  // The talent answers: the receipt stays at the creator's last message.
  await talent.onswift.messages.send(id, { content: "An answer" }).orThrow();
  await chat.getByText("An answer").waitFor();
  await page.reload();
  await chat.locator(".message", { hasText: "Third" }).getByText("Seen").waitFor();

  const menu = page.getByRole("button", { name: "Edit or delete “Secnod”" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const field = page.getByRole("textbox", { name: "Edit the message" });
  expect(await accessibility(page)).toEqual([]);
  await field.fill("Never mind");
  await field.press("Escape");
  await chat.getByText("Secnod").waitFor();
  await menu.click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await field.fill("Second");
  await field.press("Enter");
  await otherChat.getByText("Second").waitFor();
  await otherChat.getByText(/· edited/).waitFor();
  await page.getByRole("button", { name: "Edit or delete “First”" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await otherChat.getByText("Message deleted").waitFor();
  await chat.getByText("Message deleted").waitFor();
  // Only the sender has the menu.
  expect(await otherChat.getByRole("button", { name: /^Edit or delete/ }).count()).toBe(1);

  await sql`
    update public.messages set sent_at = sent_at - interval '16 minutes'
    where conversation_id = ${id}`;
  await page.reload();
  await page.getByRole("button", { name: "Edit or delete “Third”" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).waitFor();
  expect(await page.getByRole("menuitem", { name: "Edit" }).count()).toBe(0);
  expect(takeProblems()).toEqual([]);
});

test("what the user may not open is explained by its code", async () => {
  const [{ projectId }, stranger] = await Promise.all([team(), person("talent")]);
  const { page } = await visitor();
  await signInWith(page, stranger.email, password);
  await page.goto(appUrl(`/projects/${projectId}`));
  await page.getByRole("heading", { name: "No access" }).waitFor();
  await page.getByText("FORBIDDEN").waitFor();
  await page.goto(appUrl("/talents"));
  await page.getByRole("heading", { name: "Only for creators" }).waitFor();
  await page.goto(appUrl("/projects/00000000-0000-4000-8000-000000000000"));
  await page.getByRole("heading", { name: "Not found" }).waitFor();
  await page.goto(appUrl("/nowhere"));
  await page.getByText("There is no page at this address.").waitFor();
});

test("two tabs of one user stay in step", async () => {
  const creator = await person("creator");
  const { page, context } = await visitor();
  await signInWith(page, creator.email, password);
  const other = await context.newPage();
  await other.goto(appUrl("/projects"));
  await other.getByText("No project yet").waitFor();
  const name = `Twin ${randomBytes(3).toString("hex")}`;
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Description").fill("Made in the first tab.");
  await page.getByRole("button", { name: "Create project" }).click();
  await other.getByRole("link", { name: new RegExp(name) }).waitFor();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("what is loaded by its first use opens at once, and gives the focus back", async () => {
  const creator = await person("creator");
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  const scripts: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.push(request.url());
  });
  for (const [name, opened] of [
    [/^Account of/, page.getByRole("menuitem", { name: "Profile" })],
    ["New project", page.getByRole("dialog", { name: "New project" })],
  ] as const) {
    const button = page.getByRole("button", { name, exact: true });
    await button.focus();
    await page.keyboard.press("Enter");
    await opened.waitFor();
    expect(scripts.splice(0).length).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
    await opened.waitFor({ state: "hidden" });
    await expect
      .poll(() => button.evaluate((element) => element === document.activeElement))
      .toBe(true);
  }
});

test("a dialog that cannot be loaded is an error with a way to try again", async () => {
  const creator = await person("creator");
  const { page, context } = await visitor();
  await signInWith(page, creator.email, password);
  await page.getByText("No project yet").waitFor();
  await context.setOffline(true);
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByText("cannot be loaded").waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("No project yet").waitFor();
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByRole("dialog", { name: "New project" }).waitFor();
});

test("the page of a task shows the deliverables of this task only", async () => {
  const { creator, talent, projectId, taskId } = await team();
  const other = await creator.onswift.tasks
    .create(projectId, { name: "Sound", assigneeId: talent.id, dueDate: inDays(7) })
    .orThrow();
  const submit = (taskId: string, title: string) => {
    const files = [new File([png()], "a.png", { type: "image/png" })];
    return talent.onswift.deliverables.submit({ projectId, taskId, title, files }).orThrow();
  };
  await submit(taskId, "First cut");
  await submit(other.id, "Mix");
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/projects/${projectId}/tasks/${taskId}`));
  await page.getByRole("heading", { name: "Deliverables of this task" }).waitFor();
  await page.getByRole("link", { name: /First cut/ }).waitFor();
  expect(await page.getByRole("link", { name: /Mix/ }).count()).toBe(0);
  await page.goto(appUrl(`/projects/${projectId}/tasks/${other.id}`));
  await page.getByRole("link", { name: /Mix/ }).waitFor();
  expect(await page.getByRole("link", { name: /First cut/ }).count()).toBe(0);
  expect(takeProblems()).toEqual([]);
});

test("a task moves with the keyboard alone, and the move is kept", async () => {
  const { creator, talent } = await team();
  const project = await creator.onswift.projects.create(aProject()).orThrow();
  await creator.onswift.team.add(project.id, { userId: talent.id }).orThrow();
  const task = await creator.onswift.tasks
    .create(project.id, { name: "Poster", assigneeId: talent.id, dueDate: project.dueDate })
    .orThrow();
  const { page } = await visitor();
  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/projects/${project.id}`));
  const handle = page.getByRole("button", { name: "Drag Poster" });
  await handle.focus();
  await page.keyboard.press("Space");
  await page.locator("[data-lifted=true]").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.locator("[aria-label='In progress'][data-over=true]").waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("region", { name: "In progress" }).getByText("Poster").waitFor();
  const status = () => talent.onswift.tasks.get(project.id, task.id).orThrow();
  await expect.poll(async () => (await status()).status).toBe("in-progress");
});

test("more than a hundred tasks are all shown", async () => {
  const { creator, talent, projectId, taskId } = await team();
  const open = await creator.onswift.tasks.get(projectId, taskId).orThrow();
  await sql`
    insert into public.tasks (project_id, name, assignee_id, due_date, status)
    select ${projectId}, 'Done ' || n, ${talent.id}, current_date - n, 'completed'
    from generate_series(1, 120) as n`;
  const [{ page }, { page: other }] = await Promise.all([visitor(), visitor()]);
  await Promise.all([
    signInWith(page, creator.email, password),
    signInWith(other, talent.email, password),
  ]);
  await page.goto(appUrl(`/projects/${projectId}`));
  await expect.poll(() => page.locator(".tasks .task").count(), { timeout: 20_000 }).toBe(121);

  await other.goto(appUrl("/work"));
  await other.getByRole("link", { name: open.name }).waitFor();
  await other.getByText("Completed", { exact: true }).click();
  const done = other.getByRole("link", { name: /^Done / });
  await expect.poll(() => done.count()).toBe(100);
  await other.getByRole("button", { name: "Earlier tasks" }).click();
  await expect.poll(() => done.count()).toBe(120);
  expect(takeProblems()).toEqual([]);
});
