import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export const root = join(import.meta.dirname, "../..");
const modules = join(root, "node_modules");
const execute = promisify(execFile);

export const bin = (name: string): string => join(modules, ".bin", name);

/** The packed SDK, unpacked in the node_modules of a temporary folder. */
export interface Packed {
  readonly folder: string;
  readonly tarball: string;
  remove(): Promise<void>;
}

export async function packSdk(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "onswift-consumer-"));
  const sdk = join(root, "sdk");
  await run("npm", ["run", "--silent", "build"], { cwd: sdk });
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const tarball = join(folder, (await run("npm", pack, { cwd: sdk })).trim());
  await run("tar", ["-xzf", tarball, "-C", folder], {});
  await mkdir(join(folder, "node_modules/@onswift"), { recursive: true });
  await rename(join(folder, "package"), join(folder, "node_modules/@onswift/sdk"));
  return { folder, tarball, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Installs the peer dependency, which is not part of the package. */
export async function installPeer({ folder }: Packed): Promise<void> {
  await symlink(join(modules, "@supabase"), join(folder, "node_modules/@supabase"));
}

/** Runs a program and returns its output. The error of a failure contains the output. */
export async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { ...options, maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`);
  }
}

/** An environment with the machine's Node, which may be older than the project's. */
export const machinesNode = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .join(delimiter),
});
