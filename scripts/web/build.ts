import { join } from "node:path";
import { isCurrent } from "../built.ts";
import { root } from "../root.ts";
import { run } from "../run-command.ts";

const app = join(root, "examples/web");
export const builtApp = join(app, "dist");

/** What the build reads. A change of any of these makes the last build too old. */
const sources = [
  "sdk/src",
  "sdk/package.json",
  "examples/web/src",
  "examples/web/public",
  "examples/web/index.html",
  "examples/web/vite.config.ts",
  "package-lock.json",
];

/** Builds the web app with the SDK as it is published, unless the last build is still current. */
export async function buildWebApp(): Promise<void> {
  if (await isCurrent(join(builtApp, "index.html"), sources)) return;
  const vite = join(root, "node_modules/vite/bin/vite.js");
  for (const [command, args, cwd] of [
    ["npm", ["run", "--silent", "build"], join(root, "sdk")],
    [process.execPath, [vite, "build", "--logLevel", "warn"], app],
  ] as const) {
    const { code, output } = await run(command, args, { cwd });
    if (code !== 0) throw new Error(`The web app cannot be built.\n${output}`);
  }
}
