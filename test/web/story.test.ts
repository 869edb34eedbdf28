import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { password, someEmail } from "../world/people.ts";
import { appUrl, takeProblems, useWebApp, visitor } from "./app.ts";
import { picture } from "./picture.ts";

useWebApp();

/** The whole story in two browsers: nothing is prepared, and each sees at once what the other does. */
test("a creator hires a talent, who delivers, revises and is reviewed", async () => {
  const name = `Nora ${randomBytes(4).toString("hex")}`;
  const project = `Harbour film ${randomBytes(3).toString("hex")}`;
  const { page: creator } = await visitor();
  const { page: talent } = await visitor();

  await Promise.all([signUp(creator, "Creator", "Cleo Marsh"), signUp(talent, "Talent", name)]);

  // The talent fills in the profile.
  await talent.getByLabel("Professional title").fill("Video Editor");
  await talent.getByLabel("Bio").fill("Calm cuts for films about the sea.");
  await talent.getByLabel("Hourly rate in US dollars").fill("60");
  await talent.getByLabel("Availability").selectOption("available_now");
  await talent.getByRole("button", { name: "Save the profile" }).click();
  await expect.poll(() => talent.getByText("$60").count()).toBe(0);
  await talent.getByRole("link", { name: "My work" }).click();
  await talent.getByText("Nothing to do here").waitFor();

  // The creator starts a project, finds the talent and hires them.
  await creator.getByRole("button", { name: "New project" }).click();
  await creator.getByLabel("Name").fill(project);
  await creator.getByLabel("Description").fill("Three minutes about a harbour at night.");
  await creator.getByRole("button", { name: "Create project" }).click();
  await creator.getByRole("heading", { name: project }).waitFor();
  await creator.getByRole("link", { name: "Find talents" }).first().click();
  await creator.getByLabel("Search", { exact: true }).fill(name);
  await creator.getByRole("link", { name }).click();
  await creator.getByRole("heading", { name, level: 1 }).waitFor();
  await creator.getByText("$60 per hour").waitFor();
  await creator.getByRole("button", { name: "Add to a project" }).click();
  await creator.getByLabel("Role (optional)").fill("Editor");
  await creator.getByRole("button", { name: "Add to the team" }).click();
  await creator.getByText("Editor · since").waitFor();

  // The talent is told, and sees the new task without loading anything again.
  await creator.getByRole("tab", { name: "Board" }).click();
  await creator.getByRole("button", { name: "New task" }).click();
  await creator.getByRole("dialog").getByLabel("Name").fill("Rough cut");
  await creator.getByRole("button", { name: "Create task" }).click();
  await talent.getByRole("link", { name: "Rough cut" }).waitFor();
  await talent.getByRole("link", { name: /^Notifications, \d+ unread$/ }).waitFor();

  // Work is submitted, sent back, and submitted again.
  await talent.getByRole("button", { name: "Submit Rough cut" }).click();
  await submit(talent, "First cut", 0);
  await talent.getByRole("heading", { name: "First cut" }).waitFor();
  await creator.getByRole("link", { name: "Deliverables" }).click();
  await creator.getByRole("link", { name: /First cut/ }).click();
  await creator.getByRole("img", { name: "frame.png" }).waitFor();
  await creator.getByRole("button", { name: "Request a revision" }).click();
  await creator.getByLabel("What should change?").fill("Warmer colours, please.");
  await creator.getByRole("button", { name: "Send feedback" }).click();

  await talent.getByText("Warmer colours, please.").first().waitFor();
  await talent.getByRole("button", { name: "Submit a new version" }).click();
  await submit(talent, "First cut", 3);
  await creator.getByRole("region", { name: "Version 2" }).waitFor();
  await creator.getByRole("region", { name: "Version 1" }).getByText("Warmer colours").waitFor();
  await creator
    .getByRole("region", { name: "Version 2" })
    .getByRole("img", { name: "frame.png" })
    .waitFor();
  await creator.getByRole("button", { name: "Approve" }).click();
  await talent.getByText("Approved", { exact: true }).first().waitFor();

  // They talk: messages, typing and read receipts arrive at once.
  await creator.getByRole("link", { name: "Find talents" }).click();
  await creator.getByLabel("Search", { exact: true }).fill(name);
  await creator.getByRole("link", { name }).click();
  await creator.getByRole("button", { name: "Message" }).click();
  await creator.getByRole("textbox", { name: "Message" }).fill("The second version is perfect.");
  await creator.getByRole("button", { name: "Send" }).click();
  await talent.getByRole("link", { name: /Messages 1 unread/ }).click();
  await talent.getByRole("link", { name: /Cleo Marsh/ }).click();
  await talent.getByText("The second version is perfect.").last().waitFor();
  await creator.getByText(/· Seen$/).waitFor();
  await creator.getByText("Online", { exact: true }).waitFor();
  await talent.getByRole("textbox", { name: "Message" }).pressSequentially("Thank you!");
  await creator.getByText("is typing …").waitFor();
  await talent.getByRole("textbox", { name: "Message" }).press("Enter");
  await creator.getByRole("region", { name: "Messages" }).getByText("Thank you!").waitFor();

  // The project ends with a review, which the talent's profile shows.
  await creator.getByRole("link", { name: "Projects" }).first().click();
  await creator.getByRole("link", { name: project }).click();
  await creator.getByRole("button", { name: "Manage" }).click();
  await creator.getByRole("menuitem", { name: "Set to “Completed”" }).click();
  await creator.getByText("Completed", { exact: true }).first().waitFor();
  await creator.getByRole("tab", { name: /Team/ }).click();
  await creator.getByRole("link", { name: new RegExp(name) }).click();
  await creator.getByRole("button", { name: "Write a review" }).click();
  await creator.getByLabel("Review", { exact: true }).fill("Calm, exact and on time.");
  await creator.getByRole("button", { name: "Publish review" }).click();
  await creator.getByText("Calm, exact and on time.").waitFor();
  await creator.getByText("5.0 · 1 review").waitFor();
  await talent.goto(appUrl("/profile"));
  await talent.getByRole("link", { name: "See it as others do" }).click();
  await talent.getByText("Calm, exact and on time.").waitFor();

  expect(takeProblems()).toEqual([]);
}, 300_000);

async function signUp(page: Page, role: "Creator" | "Talent", name: string): Promise<void> {
  await page.goto(appUrl("/"));
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByText(role, { exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Email address").fill(someEmail());
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

async function submit(page: Page, title: string, seed: number): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill(title);
  await dialog.locator("input[type=file]").setInputFiles({
    name: "frame.png",
    mimeType: "image/png",
    buffer: picture(seed),
  });
  await dialog.getByRole("button", { name: "Submit" }).click();
  await dialog.waitFor({ state: "detached" });
}
