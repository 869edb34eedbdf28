import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** The entries of the package, as `exports` of package.json names them. */
export const entries = ["index", "node", "queries", "react"];

/** Matches the imports between declarations. `extension` is what they end with. */
export const relativeImport = (extension) =>
  new RegExp(`(from ")(\\.[^"]+)\\.${extension}(")`, "g");

/** The declarations that the entries lead to, by module. */
export function reachable(folder, extension) {
  const modules = new Map();
  const open = [...entries];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    if (modules.has(module)) continue;
    const text = readFileSync(join(folder, `${module}.d.ts`), "utf8");
    modules.set(module, text);
    for (const [, , path] of text.matchAll(relativeImport(extension))) {
      open.push(posix.join(posix.dirname(module), path));
    }
  }
  return modules;
}
