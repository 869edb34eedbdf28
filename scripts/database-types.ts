import { join } from "node:path";
import { bin, run } from "./run-command.ts";
import { root } from "./scratch-stack.ts";

export const typesFile = join(root, "supabase", "database.types.ts");

/** The TypeScript types of the schemas that are exposed, as the official CLI derives them. */
export async function generateTypes(databaseUrl: string): Promise<string> {
  const args = ["gen", "types", `--remote=${databaseUrl}`, "--schema", "public,api"];
  const { code, output } = await run(bin("supabase"), args);
  const start = output.indexOf("export type Json");
  if (code !== 0 || start < 0) throw new Error(`supabase gen types failed:\n${output}`);
  return output.slice(start);
}
