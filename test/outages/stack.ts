import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ScratchStack, scratchStack } from "../../scripts/scratch-stack.ts";

const root = join(import.meta.dirname, "../..");

/**
 * An OnSwift of the test's own, which the test may break. Its access tokens live for `tokenSeconds`, and its
 * functions get `secrets` as environment variables.
 */
export async function breakableStack({
  tokenSeconds = 900,
  secrets = {} as Readonly<Record<string, string>>,
} = {}): Promise<ScratchStack> {
  const projectDir = await mkdtemp(join(tmpdir(), "onswift-project-"));
  const supabase = join(projectDir, "supabase");
  await mkdir(supabase);
  for (const name of await readdir(join(root, "supabase"))) {
    if (name !== "config.toml") await symlink(join(root, "supabase", name), join(supabase, name));
  }
  await symlink(join(root, "node_modules"), join(projectDir, "node_modules"));
  const config = await readFile(join(root, "supabase/config.toml"), "utf8");
  const changed = config.replace(/^jwt_expiry = \d+$/m, `jwt_expiry = ${tokenSeconds}`);
  const lines = Object.entries(secrets).map(([name, value]) => `${name} = "${value}"`);
  const section = "[edge_runtime.secrets]";
  const complete = changed.replace(section, [section, ...lines].join("\n"));
  await writeFile(join(supabase, "config.toml"), complete);
  const stack = await scratchStack({ seed: false, projectDir });
  const stop = async () => {
    await stack.stop();
    await rm(projectDir, { recursive: true, force: true });
  };
  return { ...stack, stop };
}
