/**
 * `npm run db:freeze`: publishes the migrations under the version of package.json. Part of a release; once only for
 * each version (see docs/decisions/releases.md).
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { freeze, isFrozen } from "./releases.ts";
import { root } from "./root.ts";
import { migrationsAreBuilt } from "./schema-check.ts";

const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const { code, output } = (await isFrozen()) ? { code: 0, output: "" } : await migrationsAreBuilt();
if (code !== 0) {
  console.error(output);
  process.exit(code);
}
const { migrations } = await freeze(version);
console.log(`Froze ${migrations.size} migrations as release ${version}.`);
