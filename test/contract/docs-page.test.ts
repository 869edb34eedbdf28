import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentedFetch } from "../rest/document.ts";
import { launchBrowser } from "../sdk/browser.ts";
import { rest } from "../world/stack.ts";
import { openApi, operationsOf } from "./document.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test("the docs page and its program may run nothing else and talk to no one else", async () => {
  const page = await documentedFetch("/docs?utm_source=mail");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy).toContain("connect-src 'self';");
  const script = await documentedFetch("/docs/scalar.js");
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(script.headers.get("cache-control")).toBe("public, max-age=86400");
  expect(await page.text()).not.toMatch(/(src|href)="https?:/);
});

test("a browser shows the operations, and a request can be sent from there", async () => {
  const tab = await browser.newPage();
  const problems: string[] = [];
  const foreign: string[] = [];
  tab.on("pageerror", (error) => problems.push(error.message));
  tab.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  tab.on("request", (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(new URL(rest).origin)) foreign.push(url);
  });
  await tab.goto(`${rest}/docs#tag/service/GET/health`);
  const summaries = operationsOf(await openApi()).map(({ summary }) => summary);
  expect(summaries.length).toBeGreaterThan(70);
  const missing = async () => {
    const shown = (await tab.textContent("body")) ?? "";
    return summaries.filter((summary) => !shown.includes(summary));
  };
  await expect.poll(missing).toEqual([]);

  await tab.getByRole("button", { name: "Test Request (get /health)" }).click();
  const answered = tab.waitForResponse((response) => response.url() === `${rest}/health`);
  await tab.getByRole("button", { name: "Send" }).first().click();
  expect(await (await answered).json()).toEqual({ status: "ok" });
  expect({ problems, foreign }).toEqual({ problems: [], foreign: [] });
});
