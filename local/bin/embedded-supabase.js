#!/usr/bin/env node
// Runs the command line: the JavaScript of the npm package, else the TypeScript of a checkout. Plain
// JavaScript, so that it starts on every Node.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const built = new URL("../dist/cli.js", import.meta.url);
const source = new URL("../src/cli.ts", import.meta.url);

if (existsSync(built)) await import(built.href);
else if (process.features.typescript) await import(source.href);
else runOnOtherNode(fileURLToPath(source));

/** A checkout has Node 24 among its packages, which runs TypeScript as it is. */
function runOnOtherNode(program) {
  const child = spawn(otherNode(), [program, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  // Ctrl-C reaches the child by itself; this process only has to outlive it.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => process.exit(code ?? 1));
}

function otherNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const file = join(dirname(manifest), "bin", name);
    if (existsSync(file)) return file;
  } catch {
    // The package is not installed.
  }
  console.error(
    `This checkout needs Node 22.18 or newer to run its TypeScript; this is ${process.version}. Run \`npm run build\` in ${dirname(import.meta.dirname)}, or use a newer Node.`,
  );
  process.exit(1);
}
