// Makes dist/, which is what npm carries: JavaScript that any supported Node runs. Node strips types from
// TypeScript neither before version 22.18 nor, in any version, below node_modules.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(folder, "src");
const built = join(folder, "dist");
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const compiler = [join(typescript, "bin", "tsc"), "-p", join(folder, "tsconfig.build.json")];

rmSync(built, { recursive: true, force: true });
execFileSync(process.execPath, compiler, { stdio: "inherit" });
// What the programs read beside them: SQL, extensions' control files, the inbox page.
const compiled = new Set([".ts", ".md"]);
cpSync(source, built, {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !compiled.has(extname(path)),
});
