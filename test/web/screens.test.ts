import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { demo } from "../../scripts/web/demo.ts";
import { visitor as client, person } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { codeOf } from "../world/second-factor.ts";
import { accessibility } from "./accessibility.ts";
import { appUrl, signInAs, takeProblems, untilLoaded, useWebApp, visitor } from "./app.ts";
import { picture } from "./picture.ts";
import {
  alia,
  creatorScreens,
  maya,
  phoneScreens,
  publicScreens,
  type Screen,
  talentScreens,
} from "./screens.ts";

useWebApp();

const screenshots = join(root, "docs/screenshots");
const places = { deliverable: "", task: "" };

// What the seeds cannot have, because SQL uploads no files: a deliverable with two versions, and a review.
beforeAll(async () => {
  const [creator, talent] = await Promise.all([signedIn(maya), signedIn(alia)]);
  const { tasks } = await talent.tasks.list({ status: "in-progress" }).orThrow();
  const task = tasks.find(({ name }) => name === "Rough cut");
  if (task === undefined) throw new Error("The seeds have no rough cut.");
  const file = (seed: number) => ({ name: "act-one.png", data: picture(seed) });
  const submitted = await talent.deliverables
    .submit({
      projectId: task.projectId,
      taskId: task.id,
      title: "Rough cut, act one",
      description: "One minute and twelve seconds, without color grading.",
      files: [file(0)],
    })
    .orThrow();
  await creator.deliverables
    .requestRevision(submitted.id, "Act one is too cold. Please make the sunset warmer.")
    .orThrow();
  const { id, versions } = await talent.deliverables
    .resubmit(submitted.id, { description: "Warmer sunset, same length.", files: [file(3)] })
    .orThrow();
  await Promise.all(
    versions.flatMap((version) =>
      version.files.map((one) => creator.files.waitUntilClean(one.id).orThrow()),
    ),
  );
  const daniel = await signedIn("Daniel Okafor");
  const review = {
    talentId: "a0000000-0000-4000-8000-000000000005",
    projectId: "50000000-0000-4000-8000-000000000003",
    rating: 5,
    text: "Five bags, one clear family. Every file was ready to print.",
  };
  const { error } = await daniel.reviews.create(review);
  // An earlier run against the same stack has left its review.
  if (error !== null && error.code !== "ALREADY_REVIEWED") throw error;
  Object.assign(places, { deliverable: id, task: task.id });
}, 300_000);

async function signedIn(name: string) {
  const person = demo.people.find((one) => one.name === name);
  const onswift = client();
  const credentials = { email: person?.email ?? "", password: demo.password };
  await onswift.auth.signIn(credentials).orThrow();
  return onswift;
}

test("the screens without a session are accessible and still", async () => {
  const { page } = await visitor();
  await inspect(page, publicScreens);
});

test("the screens of a creator are accessible and still", async () => {
  const { page } = await visitor();
  await signInAs(page, maya);
  await inspect(page, creatorScreens);
}, 300_000);

test("the screens of a talent are accessible and still", async () => {
  const { page } = await visitor();
  await signInAs(page, alia);
  await inspect(page, talentScreens);
}, 300_000);

test("the screens of a second factor are accessible", async () => {
  const { email, onswift } = await person("creator", "Noor Haddad");
  const { factorId, secret } = await onswift.auth.mfa.enroll({ friendlyName: "Phone" }).orThrow();
  await onswift.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) }).orThrow();
  const { page } = await visitor();
  await page.goto(appUrl("/sign-in?next=/account"));
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Code").waitFor();
  const findings = [...(await inBothThemes(page, "sign-in-with-code"))];
  await page.getByLabel("Code").fill(codeOf(secret));
  await page.getByLabel("Code").press("Enter");
  await page.getByRole("button", { name: "Add an authenticator app" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Continue" }).click();
  await page.getByRole("img", { name: /^QR code/ }).waitFor();
  findings.push(...(await inBothThemes(page, "second-factor")));
  expect(findings).toEqual([]);
});

test("on a phone, no screen is wider than the display", async () => {
  const { page } = await visitor({ width: 390, height: 844 });
  await signInAs(page, maya);
  const findings: string[] = [];
  for (const screen of creatorScreens) {
    await open(page, screen);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 390) findings.push(`${screen.name}: ${width}`);
    if (phoneScreens.includes(screen.name)) {
      findings.push(...(await inBothThemes(page, `${screen.name}-phone`)));
    }
  }
  expect(findings).toEqual([]);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Find talents" }).click();
  await page.getByRole("heading", { name: "Find talents" }).waitFor();
}, 300_000);

/** Loads each screen, looks at it in both themes, and expects that nothing on it moved while it loaded. */
async function inspect(page: Page, screens: readonly Screen[]): Promise<void> {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[]) {
        if (entry.hadRecentInput) continue;
        const moved = entry.sources.map(({ node }) =>
          (node as Element | null)?.outerHTML?.slice(0, 120),
        );
        shifts.push(`${entry.value.toFixed(4)} ${moved.join(" | ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const findings: string[] = [];
  for (const screen of screens) {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await open(page, screen);
    const shifts = await page.evaluate(
      () => (globalThis as unknown as { shifts: string[] }).shifts,
    );
    findings.push(...shifts.map((shift) => `${screen.name} moved: ${shift}`));
    findings.push(...(await inBothThemes(page, screen.name)));
  }
  expect(findings).toEqual([]);
  expect(takeProblems()).toEqual([]);
}

/** Expects that what a page shows is accessible in both themes, and keeps a screenshot of each. */
async function inBothThemes(page: Page, name: string): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor();
    const violations = await accessibility(page);
    findings.push(...violations.map((violation) => `${name}, ${theme}: ${violation}`));
    findings.push(...(await keep(page, `${name}-${theme}.webp`)));
  }
  return findings;
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

async function open(page: Page, { path }: Screen): Promise<void> {
  const filled = path.replace(/\{(\w+)\}/g, (_, key: keyof typeof places) => places[key]);
  await page.goto(appUrl(filled));
  await untilLoaded(page);
}

/** Writes the screenshot with UPDATE_DOCS=1. Otherwise expects that the documentation has one, and that it is small. */
async function keep(page: Page, name: string): Promise<readonly string[]> {
  const file = join(screenshots, name);
  if (process.env.UPDATE_DOCS === "1") {
    const devTools = await page.context().newCDPSession(page);
    const clip = await page.evaluate(() => ({
      x: scrollX,
      y: scrollY,
      width: innerWidth,
      height: innerHeight,
      // A phone's display has more pixels for the same words.
      scale: innerWidth < 500 ? 2 : 1,
    }));
    const shot = { format: "webp", quality: 75, clip } as const;
    const { data } = await devTools.send("Page.captureScreenshot", shot);
    await devTools.detach();
    await mkdir(screenshots, { recursive: true });
    await writeFile(file, Buffer.from(data, "base64"));
  }
  const kept = await readFile(file).catch(() => undefined);
  if (kept === undefined) return [`${name} is missing. Run: UPDATE_DOCS=1 npm test web`];
  return kept.length <= 60_000 ? [] : [`${name} has ${kept.length} bytes, more than 60,000`];
}
