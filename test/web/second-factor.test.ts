import { afterAll, expect, test } from "vitest";
import { person } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { codeOf, signedInLongAgo, wrongCodeOf } from "../world/second-factor.ts";
import { openDatabase } from "../world/stack.ts";
import { accessibility } from "./accessibility.ts";
import { appUrl, signInWith, takeProblems, useWebApp, visitor } from "./app.ts";

useWebApp();

const sql = openDatabase();
afterAll(() => sql.end());

test("a user adds an authenticator app, signs in with its code, and removes it", async () => {
  const { email } = await person("creator");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/account"));
  const section = page.getByRole("region", { name: "Two-step sign-in" });
  await section.getByRole("button", { name: "Add an authenticator app" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByLabel("Password").count()).toBe(0);
  expect(await accessibility(page)).toEqual([]);
  await dialog.getByLabel("Name (optional)").fill("Phone");
  await dialog.getByRole("button", { name: "Continue" }).click();
  const image = dialog.getByRole("img", { name: /^QR code/ });
  await image.waitFor();
  const isDrawn = (element: SVGElement | HTMLElement) =>
    (element as HTMLImageElement).naturalWidth > 0;
  await expect.poll(() => image.evaluate(isDrawn)).toBe(true);
  const secret = (await dialog.locator("code").textContent()) ?? "";
  expect(await accessibility(page)).toEqual([]);

  await dialog.getByLabel("Code", { exact: true }).fill(wrongCodeOf(secret));
  await dialog.getByRole("button", { name: "Add the app" }).click();
  await dialog.getByText("The code is wrong.").waitFor();
  // As apps show it, in two groups.
  await dialog.getByLabel("Code", { exact: true }).fill(codeOf(secret).replace(/.../, "$& "));
  await dialog.getByRole("button", { name: "Add the app" }).click();
  await section.getByText("Phone").first().waitFor();

  // A new device needs a code, whatever page it opens, and also after the page is loaded again.
  const { page: other } = await visitor();
  await other.goto(appUrl("/sign-in?next=/calendar"));
  await other.getByLabel("Email address").fill(email);
  await other.getByRole("textbox", { name: "Password" }).fill(password);
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await other.getByRole("heading", { name: "Enter your code" }).waitFor();
  await other.goto(appUrl("/projects?status=completed"));
  await other.getByRole("heading", { name: "Enter your code" }).waitFor();
  expect(await accessibility(other)).toEqual([]);
  await other.getByLabel("Code").fill(wrongCodeOf(secret));
  await other.getByLabel("Code").press("Enter");
  await other.getByText("The code is wrong.").waitFor();
  await other.getByLabel("Code").fill(codeOf(secret));
  await other.getByLabel("Code").press("Enter");
  await other.getByRole("heading", { name: "Projects" }).waitFor();
  expect(other.url()).toContain("status=completed");

  // Without it, the password is enough again.
  await section.getByRole("button", { name: "Remove Phone" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await section.getByText("No authenticator app yet.").waitFor();
  const { page: third } = await visitor();
  await signInWith(third, email, password);
  expect(takeProblems()).toEqual([]);
});

test("long after the sign-in, the password confirms a new authenticator app", async () => {
  const { email, id } = await person("talent");
  const { page } = await visitor();
  await signInWith(page, email, password);
  await page.goto(appUrl("/account"));
  await signedInLongAgo(sql, id);
  await page.getByRole("button", { name: "Add an authenticator app" }).click();
  const dialog = page.getByRole("dialog");
  const addWith = async (code: (secret: string) => string) => {
    await dialog.getByRole("button", { name: "Continue" }).click();
    const secret = (await dialog.locator("code").textContent()) ?? "";
    await dialog.getByLabel("Code", { exact: true }).fill(code(secret));
    await dialog.getByRole("button", { name: "Add the app" }).click();
  };
  // The page could not know: its session looks new.
  await addWith(codeOf);
  await dialog.getByRole("textbox", { name: "Password" }).fill("Wrong-horse-7!");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("WRONG_PASSWORD").waitFor();
  await dialog.getByRole("textbox", { name: "Password" }).fill(password);
  await addWith(codeOf);
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Remove Authenticator app" }).waitFor();
});
