/** Writes the version of the SDK's package.json to sdk/src/version.ts. Part of `npm run changeset:apply`. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const sdk = join(import.meta.dirname, "..", "sdk");
const { version } = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
const file = join(sdk, "src", "version.ts");
const source = await readFile(file, "utf8");
const changed = source.replace(
  /^export const version = "[^"]*";$/m,
  `export const version = "${version}";`,
);
if (!changed.includes(`"${version}"`)) throw new Error(`${file} does not export a version.`);
await writeFile(file, changed);
