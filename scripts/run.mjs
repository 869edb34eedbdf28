// Runs every npm script: installs what is missing, then runs the task on the project's own Node.
// Plain JavaScript without dependencies, because it runs before anything is installed, on any Node ≥ 20.
import { spawn } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(
  root,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);
const state = join(root, ".onswift");
const builtDocs = join(root, "docs/site/dist/index.html");

// The packages of this repository are run from their source.
const source = "--conditions=@embedded-supabase/source";
const cli = ["local/bin/embedded-supabase.js"];
const here = ["--project", root, "--data-dir", state];
const tasks = {
  start: (args) =>
    args.includes("--web") || args.includes("--docs") || existsSync(builtDocs)
      ? ["scripts/start-beside.ts", ...args]
      : [...cli, "start", ...here, ...args],
  status: (args) => [...cli, "status", ...here, ...args],
  stop: (args) => [...cli, "stop", ...here, ...args],
  docs: (args) => ["scripts/docs.ts", ...args],
  test: (args) => ["scripts/test.ts", ...args],
  quickstart: (args) => ["scripts/quickstart.ts", ...args],
  bench: (args) => ["scripts/bench.ts", ...args],
  check: (args) => ["scripts/check.ts", ...args],
  types: (args) => ["scripts/types.ts", ...args],
  "db-build": (args) => ["scripts/db-build.ts", ...args],
  "db-new": (args) => ["scripts/db-new.ts", ...args],
  release: (args) => ["scripts/release.ts", ...args],
  "db-freeze": (args) => ["scripts/db-freeze.ts", ...args],
};

const [task = "", ...args] = process.argv.slice(2);
if (!(task in tasks)) {
  console.error(`There is no task "${task}": ${Object.keys(tasks).join(", ")}.`);
  process.exit(2);
}

try {
  await install();
} catch (error) {
  console.error(`✗ ${error.message}`);
  process.exit(1);
}
process.exit(
  await run(node, [source, ...tasks[task](args)], ["inherit", "inherit", "inherit", "ipc"]),
);

/** Installs from the lock file when node_modules is missing or older than it; one process at a time. */
async function install() {
  if (isInstalled()) return;
  const lock = await takeLock();
  try {
    if (isInstalled()) return;
    const started = Date.now();
    process.stderr.write("Installing packages (once, from the npm registry) …\n");
    const npm = process.env.npm_execpath;
    const quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    const code = npm?.endsWith(".js")
      ? await run(process.execPath, [npm, ...quiet], ["ignore", 2, 2])
      : await run("npm", quiet, ["ignore", 2, 2], process.platform === "win32");
    if (code !== 0)
      throw new Error(`npm ci failed with exit code ${code}: is the registry reachable?`);
    if (!existsSync(node))
      throw new Error(
        "npm ci did not install Node 24: npm must be allowed to run the scripts named under allowScripts in package.json.",
      );
    process.stderr.write(`  ✓ Packages              ${seconds(started)}\n`);

    const caching = Date.now();
    const prepared = await run(node, [...cli, "prepare", "--project", root], ["ignore", 2, 2]);
    if (prepared !== 0) throw new Error("The edge functions' dependencies could not be cached.");
    process.stderr.write(`  ✓ Function cache        ${seconds(caching)}\n`);
    writeFileSync(stamp(), "");
  } finally {
    rmSync(lock, { force: true });
  }
}

function stamp() {
  return join(root, "node_modules", ".installed");
}

function isInstalled() {
  if (!existsSync(stamp()) || !existsSync(node)) return false;
  return statSync(stamp()).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

/** `npm start` and `npm test` may start side by side in a fresh clone. Only one of them installs. */
async function takeLock() {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const file = join(state, "install.pid");
  for (let waited = false; ; waited = true) {
    if (createWhole(file, String(process.pid))) return file;
    const holder = Number(readIfThere(file));
    // The lock of a killed installation, or one that a crash of the machine has emptied.
    if (!(holder > 0) || !isAlive(holder)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!waited) {
      process.stderr.write(
        `Waiting for process ${holder}, which installs packages. If it is another program, delete ${file}.\n`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Creates a file with its content, so that it is never seen empty. Returns false if there is one. */
function createWhole(file, text) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs a program, forwards signals to it, and resolves to its exit code. */
function run(command, parameters, stdio, shell = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: root, stdio, shell });
    // The terminal sends Ctrl-C to the child too, so this process only waits for it.
    const forward = {
      SIGINT: () => {},
      SIGTERM: () => child.kill("SIGTERM"),
      SIGHUP: () => child.kill("SIGHUP"),
    };
    for (const [name, handler] of Object.entries(forward)) process.on(name, handler);
    // When npm is asked to end, it may end only the shell between npm and this process.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) child.kill("SIGTERM");
    }, 500);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearInterval(watch);
      for (const [name, handler] of Object.entries(forward)) process.off(name, handler);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
