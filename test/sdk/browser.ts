import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Arguments with which pages share a process, and reach each other's origins. */
const unisolated: readonly string[] = ["--single-process", "--disable-web-security"];

/**
 * The package's arguments put all pages into one process. There, pages of different contexts share their
 * localStorage, so a test with more than one person has to be `isolated`. That also applies CORS.
 */
export const launchBrowser = async ({ isolated = false } = {}): Promise<Browser> =>
  playwright.launch({
    executablePath: await chromium.executablePath(),
    // The sandbox does not start as root, and containers run as root.
    args: [
      ...chromium.args.filter((arg) => !(isolated && unisolated.includes(arg))),
      "--no-sandbox",
    ],
    headless: true,
  });

/**
 * Runs a script as a module of a page with its own origin. Returns the first line that the script prints.
 * `uploadThroughput` limits uploads, in bytes per second.
 */
export async function inBrowser(
  script: string,
  env: Readonly<Record<string, string>>,
  uploadThroughput = -1,
): Promise<string> {
  const page = `<!doctype html><title>OnSwift</title><script type="module" src="/script.js"></script>`;
  const server = createServer((request, response) => {
    const isScript = request.url === "/script.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : page);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await launchBrowser();
  try {
    const tab = await browser.newPage();
    const devTools = await tab.context().newCDPSession(tab);
    const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput };
    await devTools.send("Network.emulateNetworkConditions", line);
    const printed = new Promise<string>((resolve, reject) => {
      tab.on("pageerror", reject);
      void tab.exposeFunction("__print", resolve);
    });
    await tab.addInitScript((values) => Object.assign(globalThis, { env: values }), env);
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await printed;
  } finally {
    await browser.close();
    server.close();
  }
}
