import { expect, test } from "vitest";
import { person, team } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { appUrl, signInWith, takeProblems, untilLoaded, useWebApp, visitor } from "./app.ts";

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
