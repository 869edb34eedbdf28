/**
 * Writes the version of the SDK's package.json to where it is repeated: sdk/src/version.ts, sdk/README.md and the
 * quickstart. Part of `npm run changeset:apply`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const sdk = join(import.meta.dirname, "..", "sdk");
const { version } = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));

await replace(
  "src/version.ts",
  /^export const version = "[^"]*";$/m,
  `export const version = "${version}";`,
);
for (const page of ["README.md", "../docs/quickstart.md"]) {
  await replace(page, /onswift-sdk-[\d.]+\.tgz/g, `onswift-sdk-${version}.tgz`);
}

async function replace(name: string, pattern: RegExp, text: string): Promise<void> {
  const file = join(sdk, name);
  const changed = (await readFile(file, "utf8")).replace(pattern, text);
  if (!changed.includes(text)) throw new Error(`${file} does not name a version.`);
  await writeFile(file, changed);
}
