/** The lines of docs/rest.md that go from a search to a review. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { someAddress } from "../world/people.ts";
import { rest } from "../world/stack.ts";
import { someWord } from "../world/words.ts";

const run = promisify(execFile);

test("the story in docs/rest.md can be run with curl", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/rest.md"), "utf8");
  const [, story = ""] = /\n## From a search to a review\n.*?```sh\n(.*?)```/s.exec(page) ?? [];
  expect(story).toContain("users/search");

  // Accounts and a place of our own, so that the test can run again.
  const word = someWord();
  const script = story
    .replace(/^API=.*$/m, `API=${rest}`)
    .replaceAll("@example.com", `-${word}@example.com`)
    .replaceAll(/Łódź|lodz/g, word);
  // Ends at the first error, and prints each response on a line.
  const strict = `set -euo pipefail
    curl() { command curl --fail -w '\\n' -H 'x-forwarded-for: ${someAddress()}' "$@"; }
    ${script}`;

  const folder = await mkdtemp(join(tmpdir(), "onswift-curl-"));
  try {
    await writeFile(join(folder, "cut.pdf"), "%PDF-1.4\n% Sixty seconds.\n%%EOF\n");
    const { stdout } = await run("bash", ["-c", strict], { cwd: folder, timeout: 60_000 });
    const lines = stdout.trim().split("\n");
    expect(lines.at(-1)).toBe("5");
    expect(JSON.parse(lines.at(-2) ?? "")).toMatchObject({ rating: 5, creator: { name: "Cleo" } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
