/** The built docs site, served as `npm start -- --docs` does, in a browser. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../../scripts/local-server.ts";
import { root } from "../../scripts/root.ts";
import { builtSite } from "../../scripts/site/build.ts";
import { checkLinks } from "../../scripts/site/links.ts";
import { serveSite } from "../../scripts/site/serve.ts";
import { launchBrowser } from "../sdk/browser.ts";

test("no link is dead, and pages load nothing from elsewhere", async () => {
  const { pages, links, dead, foreign } = await checkLinks();
  expect({ dead, foreign }).toEqual({ dead: [], foreign: [] });
  expect(pages).toBeGreaterThan(250);
  expect(links).toBeGreaterThan(10_000);
});

describe("for language models", () => {
  const read = (file: string) => readFile(join(builtSite, file), "utf8");

  test("llms.txt lists Markdown files that exist", async () => {
    const files = [...(await read("llms.txt")).matchAll(/\]\(\/([^)]+)\)/g)].map(
      ([, file]) => file,
    );
    expect(files.length).toBeGreaterThan(40);
    for (const file of files) await access(join(builtSite, file ?? ""));
  });

  test("llms-full.txt contains every guide", async () => {
    const text = await read("llms-full.txt");
    for (const source of ["docs/quickstart.md", "docs/guides/auth.md", "docs/architecture.md"]) {
      const [title] = (await readFile(join(root, source), "utf8")).split("\n");
      expect([source, text.includes(`${title}\n`)]).toEqual([source, true]);
    }
  });
});

describe("in a browser", () => {
  let browser: Browser;
  let server: LocalServer;
  const problems: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), serveSite(0)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = async (path: string) => {
    const tab = await browser.newPage();
    tab.on("pageerror", (error) => problems.push(`${path}: ${error.message}`));
    tab.on("console", (message) => {
      if (message.type() === "error") problems.push(`${path}: ${message.text()}`);
    });
    tab.on("request", (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && !url.startsWith(server.url)) foreign.push(url);
    });
    await tab.goto(server.url + path);
    return tab;
  };

  test("the search finds a method of the SDK and an error code", async () => {
    const tab = await open("/");
    for (const [words, slug] of [
      ["requestRevision", "/deliverables/"],
      ["MAX_REVISIONS_REACHED", "/errors/"],
    ] as const) {
      await tab.getByRole("button", { name: "Search" }).click();
      await tab.getByRole("textbox", { name: "Search" }).fill(words);
      const results = tab.locator(".pagefind-ui__result-link");
      await expect
        .poll(
          async () =>
            results.evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
          {
            timeout: 20_000,
          },
        )
        .toContainEqual(expect.stringContaining(slug));
      await tab.keyboard.press("Escape");
    }
  });

  test("the REST reference shows the operations", async () => {
    const tab = await open("/rest/reference/");
    await expect
      .poll(() => tab.textContent("body"), { timeout: 60_000 })
      .toContain("Mark a conversation as read up to a message");
  });

  test("the architecture has its diagrams as drawings", async () => {
    const tab = await open("/architecture/");
    const drawings = await tab.locator("figure.diagram svg").count();
    const source = await readFile(join(root, "docs/architecture.md"), "utf8");
    expect(drawings).toBe(source.match(/^```mermaid$/gm)?.length);
  });

  test("an address that does not exist is answered with 404, one without a slash leads on", async () => {
    expect((await fetch(`${server.url}/nothing/`)).status).toBe(404);
    expect((await fetch(`${server.url}/..%2f..%2fpackage.json`)).status).toBe(404);
    const page = await fetch(`${server.url}/architecture`);
    expect([page.status, new URL(page.url).pathname]).toEqual([200, "/architecture/"]);
  });

  test("no page had an error or asked another server", () => {
    expect({ problems, foreign }).toEqual({ problems: [], foreign: [] });
  });
});
