import { expect, test } from "vitest";
import { appUrl, signInAs, untilLoaded, useWebApp, visitor } from "./app.ts";
import { alia, maya } from "./screens.ts";

useWebApp();

const limit = 250 * 1024;

/** What a browser without a cache downloads from the app's server until a screen is complete. */
test("the first load stays below 250 KB", async () => {
  const sizes: Record<string, number> = {};
  for (const [path, name] of [
    ["/sign-in", undefined],
    ["/projects", maya],
    ["/work", alia],
  ] as const) {
    const { page, context } = await visitor();
    if (name !== undefined) await signInAs(page, name);
    const devTools = await context.newCDPSession(page);
    await devTools.send("Network.enable");
    await devTools.send("Network.setCacheDisabled", { cacheDisabled: true });
    let bytes = 0;
    const own = new Set<string>();
    devTools.on("Network.responseReceived", ({ requestId, response }) => {
      if (response.url.startsWith(appUrl())) own.add(requestId);
    });
    devTools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (own.has(requestId)) bytes += encodedDataLength;
    });
    await page.goto(appUrl(path));
    await untilLoaded(page);
    sizes[path] = bytes;
    await context.close();
  }
  console.log(sizes);
  // Less than this would mean that nothing was counted.
  expect(Math.min(...Object.values(sizes))).toBeGreaterThan(100 * 1024);
  expect(Math.max(...Object.values(sizes))).toBeLessThan(limit);
});
