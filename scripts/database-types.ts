import { join } from "node:path";
import { bin, run } from "./run-command.ts";
import { root } from "./scratch-stack.ts";
import { filledIn } from "./table-types.ts";

export const typesFile = join(root, "supabase", "database.types.ts");

/** The TypeScript types of the schemas that are exposed, as the official CLI derives them. */
export async function generateTypes(databaseUrl: string): Promise<string> {
  const args = ["gen", "types", `--remote=${databaseUrl}`, "--schema", "public,api"];
  const { code, output } = await run(bin("supabase"), args);
  const start = output.indexOf("export type Json");
  if (code !== 0 || start < 0) throw new Error(`supabase gen types failed:\n${output}`);
  return withFilledIn(output.slice(start));
}

/** Makes columns that a trigger fills in optional in inserts: the CLI knows only of defaults. */
export function withFilledIn(types: string): string {
  let result = types;
  for (const place of filledIn) {
    const [, table = "", column = ""] = place.split(".");
    const insert = new RegExp(
      `("${table}": \\{\\s*Row: \\{[\\s\\S]*?^ *Insert: \\{[^}]*?"${column}")(?=:)`,
      "m",
    );
    if (!insert.test(result)) throw new Error(`The generated types have no ${place} to insert.`);
    result = result.replace(insert, "$1?");
  }
  return result;
}
