/**
 * `npm run bench -- <name>`: runs bench/<name>.ts against an OnSwift of its own on free ports; without a name, or with
 * the name of a part, bench/operations.ts. With SUPABASE_URL, PUBLISHABLE_KEY and DB_URL set, against that project
 * instead.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run-command.ts";
import { root, scratchStack } from "./scratch-stack.ts";

const folder = join(root, "bench");
const [name = "operations", ...others] = process.argv.slice(2);
const isProgram = /^[a-z]+$/.test(name) && existsSync(join(folder, `${name}.ts`));
const program = join(folder, isProgram ? `${name}.ts` : "operations.ts");
const args = isProgram ? others : process.argv.slice(2);

const given = process.env.SUPABASE_URL;
const stack = given === undefined ? await scratchStack() : undefined;
try {
  const env = stack ? { ...process.env, ...stack.about } : { ...process.env, API_URL: given };
  const { code } = await run(process.execPath, [...process.execArgv, program, ...args], {
    env,
    show: true,
  });
  process.exitCode = code;
} finally {
  await stack?.stop();
}
