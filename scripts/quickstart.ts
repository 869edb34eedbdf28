/** `npm run quickstart`: builds the SDK and runs the example against the running stack. */
import { join } from "node:path";
import { run } from "./run-command.ts";
import { root } from "./scratch-stack.ts";

const build = await run("npm", ["run", "--silent", "build"], { cwd: join(root, "sdk") });
if (build.code !== 0) {
  console.error(build.output);
  process.exit(build.code);
}
const example = join(root, "examples", "quickstart", "quickstart.mjs");
const { code } = await run(process.execPath, [example, ...process.argv.slice(2)], { show: true });
process.exit(code);
