// Writes the declarations beside the bundles: the compiler emits one file a module, and the ones that the
// entries reach are kept, once for `import` (.d.ts) and once for `require` (.d.cts). What is internal stays out.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const sdk = dirname(dirname(fileURLToPath(import.meta.url)));
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const emitted = mkdtempSync(join(tmpdir(), "onswift-sdk-"));
const relativeImport = /(from ")(\.[^"]+)\.ts(")/g;

try {
  const compiler = [join(typescript, "bin", "tsc"), "-p", join(sdk, "tsconfig.build.json")];
  execFileSync(process.execPath, [...compiler, "--outDir", emitted], { stdio: "inherit" });
  for (const [module, text] of reachable("index", "node", "queries", "react")) {
    write(`${module}.d.ts`, text.replace(relativeImport, "$1$2.js$3"));
    write(`${module}.d.cts`, text.replace(relativeImport, "$1$2.cjs$3"));
  }
} finally {
  rmSync(emitted, { recursive: true, force: true });
}

/** The modules that `entries` lead to, with their declarations. */
function reachable(...entries) {
  const modules = new Map();
  const open = [...entries];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    if (modules.has(module)) continue;
    const text = readFileSync(join(emitted, `${module}.d.ts`), "utf8");
    modules.set(module, text);
    for (const [, , path] of text.matchAll(relativeImport)) {
      open.push(posix.join(posix.dirname(module), path));
    }
  }
  return modules;
}

function write(path, text) {
  const file = join(sdk, "dist", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
