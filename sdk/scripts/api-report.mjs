// Writes api-report.md: every declaration that the package exports, without comments, so that a review shows a change of
// the public surface. With `--check`, fails instead if the report differs from what was built.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { entries, reachable } from "./reachable.mjs";

const sdk = dirname(dirname(fileURLToPath(import.meta.url)));
const file = join(sdk, "api-report.md");

const modules = [...reachable(join(sdk, "dist"), "js")];
// The entries first, then what they export, in an order that does not depend on the imports.
const rank = ([name]) => (entries.includes(name) ? `0 ${name}` : `1 ${name}`);
modules.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
const sections = modules.map(([name, text]) => {
  const code = text
    .replace(/\/\*\*[\s\S]*?\*\/\s*/g, "")
    .replace(/^import .*\n/gm, "")
    .replace(/^export \{\};\n/gm, "")
    .replace(/^\s*\n/gm, "")
    .trim();
  return `## ${name}\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
});
const report = `# The public surface of @onswift/sdk

Written by \`npm run api-report\`. Do not edit.

${sections.join("\n")}`;

if (!process.argv.includes("--check")) writeFileSync(file, report);
else if (readFileSync(file, "utf8") !== report) {
  console.error("The public surface of the SDK has changed. Run in sdk/: npm run api-report");
  process.exit(1);
}
