import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run } from "./packed.ts";

test("the quickstart tells its story", async () => {
  await run("npm", ["run", "--silent", "build"], { cwd: join(root, "sdk") });
  const { API_URL, PUBLISHABLE_KEY } = process.env;
  const env = { ...process.env, API_URL, PUBLISHABLE_KEY };
  const told = await run(process.execPath, ["examples/quickstart/quickstart.mjs"], {
    cwd: root,
    env,
  });
  expect(told).toContain("Two people sign up");
  expect(told).toContain("Version 1: shots.pdf and music.pdf; Lovely.");
  expect(told).toContain("Noor sends it back after all: INVALID_STATE");
  expect(told).toContain("Noor sees 1 of 2 tasks completed.");
  expect(told.trimEnd().split("\n").at(-1)).toContain("keeps the name of Theo Lindgren");
});
