/**
 * `npm run bench -- <name>`: runs bench/<name>.ts against an OnSwift of its own on free ports. With
 * SUPABASE_URL, PUBLISHABLE_KEY and DB_URL set, against that project instead.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run-command.ts";
import { root, scratchStack } from "./scratch-stack.ts";

const folder = join(root, "bench");
const [name = "", ...args] = process.argv.slice(2);
const program = join(folder, `${name}.ts`);
if (!/^[a-z]+$/.test(name) || !existsSync(program)) {
  const names = readdirSync(folder).flatMap((file) => file.match(/^([a-z]+)\.ts$/)?.[1] ?? []);
  console.error(`There is no benchmark "${name}": ${names.join(", ")}.`);
  process.exit(2);
}

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
