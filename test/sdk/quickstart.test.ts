import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run } from "./packed.ts";

test("the quickstart runs to its end", async () => {
  await run("npm", ["run", "--silent", "build"], { cwd: join(root, "sdk") });
  const { API_URL, PUBLISHABLE_KEY } = process.env;
  const env = { ...process.env, API_URL, PUBLISHABLE_KEY };
  const output = await run(process.execPath, ["examples/quickstart/quickstart.mjs"], {
    cwd: root,
    env,
  });
  expect(output).toContain("A creator and a talent sign up");
  expect(output).toContain("Theo Lindgren, Documentary video editor, $65; no reviews yet");
  expect(output).toContain("Theo searches for talents: CREATOR_ONLY");
  expect(output).toContain("Version 1: shots.pdf and music.pdf; Lovely.");
  expect(output).toContain("Noor requests a revision after the approval: INVALID_STATE");
  expect(output).toContain("1 of 2 tasks are completed.");
  expect(output).toContain("Noor reviews Theo before the end: NO_COMPLETED_PROJECT");
  expect(output).toContain("Noor reviews Theo again: ALREADY_REVIEWED");
  expect(output).toContain("The next search shows Theo Lindgren with 5 stars, 1 review.");
  expect(output.trimEnd().split("\n").at(-1)).toContain("keeps its assignee: Theo Lindgren");
});
