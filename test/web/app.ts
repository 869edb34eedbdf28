import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFailed } from "vitest";
import type { LocalServer } from "../../scripts/local-server.ts";
import { serveWebApp } from "../../scripts/web/serve.ts";
import { launchBrowser } from "../sdk/browser.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";

let browser: Browser;
let server: LocalServer;

/** Serves the built app and starts a browser, for all tests of a file. */
export function useWebApp(): void {
  beforeAll(async () => {
    server = await serveWebApp({ url: apiUrl, key: publishableKey, port: 0, seeded: true });
    browser = await launchBrowser({ isolated: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
}

export const appUrl = (path = ""): string => server.url + path;

/** Fails the tests that end with one of these: an error that no person would see. */
const problems: string[] = [];

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
}

export interface VisitorOptions {
  readonly width?: number;
  readonly height?: number;
  readonly timezoneId?: string | undefined;
}

/** A person with a browser of their own, and so with their own session. */
export async function visitor({
  width = 1280,
  height = 800,
  timezoneId,
}: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: "reduce",
    ...(timezoneId !== undefined && { timezoneId }),
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  const refused: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
  });
  page.on("requestfailed", (request) => {
    refused.push(`${request.failure()?.errorText} ${request.url()}`);
  });
  onTestFailed(async () => {
    const seen = await page
      .locator("body")
      .ariaSnapshot()
      .catch(() => "");
    console.error([`── ${page.url()} ──`, seen, ...refused, ...problems].join("\n"));
  });
  return { context, page };
}

/** Uncaught errors of all pages since the last call. */
export const takeProblems = (): readonly string[] => problems.splice(0);

/** Signs in with one click, as in the demo. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.goto(appUrl("/sign-in"));
  await page.getByRole("button", { name }).click();
  await page.getByRole("button", { name: /^Account of/ }).waitFor();
}

export async function signInWith(page: Page, email: string, password: string): Promise<void> {
  await page.goto(appUrl("/sign-in"));
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: /^Account of/ }).waitFor();
}

/** Waits until a screen has loaded what it shows. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
  await page.waitForLoadState("networkidle");
}
