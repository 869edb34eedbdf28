import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";

const root = join(import.meta.dirname, "../..");
const sql = openDatabase();
const names = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();

afterAll(() => sql.end());

test("docs/realtime.md, the SDK and the database list the same events", async () => {
  const document = await readFile(join(root, "docs/realtime.md"), "utf8");
  const types = await readFile(join(root, "sdk/src/types/events.ts"), "utf8");
  const documented = names(document, /^\| `([a-z]+:[a-z_]+)` /gm);
  expect(documented.length).toBeGreaterThan(0);
  expect(names(types, /^ {2}readonly "([a-z]+:[a-z_]+)":/gm)).toEqual(documented);
  const senders = await sql<{ source: string }[]>`
    select prosrc as source from pg_proc where prosrc like '%private.send_event(%'`;
  const sources = senders.map(({ source }) => source).join("\n");
  expect(names(sources, /'([a-z]+:[a-z_]+)'/g)).toEqual(documented);
});
