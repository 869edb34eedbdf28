import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";

test("docs/errors.md lists exactly the catalogue of the database", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/errors.md"), "utf8");
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map((row) => [
    row[1],
    Number(row[2]),
  ]);
  const sql = openDatabase();
  const catalogue = await sql<{ code: string; status: number }[]>`
    select code, status from private.error_catalogue`;
  await sql.end();
  const sorted = (rows: readonly unknown[]) => rows.map((row) => String(row)).sort();
  expect(sorted(documented)).toEqual(sorted(catalogue.map((row) => [row.code, row.status])));
});
