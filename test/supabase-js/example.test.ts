import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run } from "../sdk/packed.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";

test("the example runs to its end", async () => {
  const env = { ...process.env, API_URL: apiUrl, PUBLISHABLE_KEY: publishableKey };
  const output = await run(process.execPath, [join(root, "examples/supabase-js/hire.ts")], { env });
  expect(output.trim().split("\n")).toEqual([
    "Found: Theo Lindgren, $65",
    "The project is planning.",
    "Submitted: Shots, version 1",
    "Theo approves it: FORBIDDEN (PT403)",
    "Noor approves it: approved",
    "A visitor reads projects: permission denied for table projects",
  ]);
});
