/** Installs the package from its npm tarball into a scratch project. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const packageFolder = join(import.meta.dirname, "../..");

export interface Output {
  readonly code: number;
  readonly text: string;
}

export class InstalledProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Packs the package and installs the tarball beside these files; paths are below `supabase/`. */
  static async create(files: Readonly<Record<string, string>>): Promise<InstalledProject> {
    const folder = await mkdtemp(join(tmpdir(), "installed-"));
    const project = new InstalledProject(folder);
    await writeFile(join(folder, "package.json"), '{ "private": true }\n');
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, "supabase", name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    await project.#install();
    return project;
  }

  /** Runs `npx embedded-supabase …` and waits until it ends. */
  npx(...args: readonly string[]): Promise<Output> {
    return new Promise((resolve, reject) => {
      const child = spawn("npx", ["embedded-supabase", ...args], {
        cwd: this.folder,
        env: userEnvironment(),
        stdio: ["ignore", "pipe", "pipe"],
      });
      const output: string[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
      }
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? 1, text: output.join("") }));
    });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Installs as npm does: the tarball, its declared dependencies and its program, and nothing else. */
  async #install(): Promise<void> {
    const target = join(this.folder, "node_modules/embedded-supabase");
    const pack = ["pack", "--silent", "--pack-destination", this.folder];
    const { stdout } = await run("npm", pack, { cwd: packageFolder, env: userEnvironment() });
    const tarball = stdout.trim().split("\n").at(-1) ?? "";
    await mkdir(target, { recursive: true });
    await run("tar", ["-xzf", join(this.folder, tarball), "-C", target, "--strip-components=1"]);

    const manifest = JSON.parse(await readFile(join(target, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly bin: Readonly<Record<string, string>>;
    };
    for (const name of Object.keys(manifest.dependencies)) {
      await link(installedAt(name), join(this.folder, "node_modules", name));
    }
    for (const [name, program] of Object.entries(manifest.bin)) {
      await link(join(target, program), join(this.folder, "node_modules/.bin", name));
    }
  }
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

/** Finds a package by its folder, because not every package lets its package.json be resolved. */
function installedAt(name: string): string {
  const paths = createRequire(join(packageFolder, "package.json")).resolve.paths(name) ?? [];
  const found = paths.map((path) => join(path, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not installed.`);
  return found;
}

/** Returns the environment of a terminal, without what `npm test` added, so that the installed Node is used. */
function userEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? "").split(delimiter);
  const ours = `${sep}node_modules${sep}`;
  return {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST)/i.test(name)),
    ),
    PATH: path.filter((folder) => !`${folder}${sep}`.includes(ours)).join(delimiter),
  };
}
