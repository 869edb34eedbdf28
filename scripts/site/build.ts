import { existsSync } from "node:fs";
import { join } from "node:path";
import { isCurrent } from "../built.ts";
import { installPackages } from "../install-packages.ts";
import { root } from "../root.ts";
import { bin, run } from "../run-command.ts";

const site = join(root, "docs/site");
export const builtSite = join(site, "dist");

/** What the build writes or brings itself. */
const own = new Set(["node_modules", "dist", "generated", ".astro"]);

/** What the build reads. A change of any of these makes the last build too old. */
const sources = [
  "docs",
  "sdk/src",
  "sdk/README.md",
  "supabase/functions/api",
  "supabase/schemas/README.md",
  "local/README.md",
  "examples/web/README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
];

export const siteIsBuilt = (): boolean => existsSync(join(builtSite, "index.html"));

/** Builds the docs site into docs/site/dist, unless the last build is still current. */
export async function buildSite(): Promise<void> {
  if (await isCurrent(join(builtSite, "index.html"), sources, own)) return;
  await installPackages(site);
  const generate = [process.execPath, ["scripts/generate.ts"]] as const;
  const config = join(root, "supabase/functions/api/deno.json");
  const deno = ["run", "--no-check", "--allow-all", `--config=${config}`] as const;
  const reference = [bin("deno"), [...deno, "scripts/rest-reference.ts"]] as const;
  const astro = [process.execPath, ["node_modules/astro/bin/astro.mjs", "build"]] as const;
  for (const [command, args] of [generate, reference, astro]) await step(command, args);
}

async function step(command: string, args: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    ASTRO_TELEMETRY_DISABLED: "1",
    DENO_DIR: join(root, "node_modules/.cache/deno"),
  };
  const { code, output } = await run(command, args, { cwd: site, env });
  if (code !== 0) throw new Error(`The docs site cannot be built.\n${output}`);
}
