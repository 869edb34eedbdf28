// Writes the declarations beside the bundles: the compiler emits one file a module, and the ones that the
// entries reach are kept, once for `import` (.d.ts) and once for `require` (.d.cts). What is internal stays out.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { reachable, relativeImport } from "./reachable.mjs";

const sdk = dirname(dirname(fileURLToPath(import.meta.url)));
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const emitted = mkdtempSync(join(tmpdir(), "onswift-sdk-"));
const imports = relativeImport("ts");

try {
  const compiler = [join(typescript, "bin", "tsc"), "-p", join(sdk, "tsconfig.build.json")];
  execFileSync(process.execPath, [...compiler, "--outDir", emitted], { stdio: "inherit" });
  for (const [module, text] of reachable(emitted, "ts")) {
    write(`${module}.d.ts`, text.replace(imports, "$1$2.js$3"));
    write(`${module}.d.cts`, text.replace(imports, "$1$2.cjs$3"));
  }
} finally {
  rmSync(emitted, { recursive: true, force: true });
}

function write(path, text) {
  const file = join(sdk, "dist", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
