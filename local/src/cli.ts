import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reset } from "./commands/reset.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { stop } from "./commands/stop.ts";
import { cacheFunctions } from "./functions/prepare.ts";

const usage = `Usage: embedded-supabase <command> [options]

Commands
  start     starts the stack in the foreground; Ctrl-C stops it
  status    prints the addresses and keys of the running stack
  stop      stops the running stack and waits until it is gone
  reset     empties the database of a stopped stack, then applies migrations and seeds
  prepare   downloads what the functions import, so that a start needs no network

Options
  --project <dir>     folder that holds supabase/           (default: .)
  --data-dir <dir>    where the stack keeps its data        (default: <project>/.supabase-data)
  --port <n>          start: API port; the others follow    (default: config.toml; 0 = any free)
  --host <address>    start: address of the API             (default: 127.0.0.1; 0.0.0.0 = all,
                      so that phones in the same network reach it)
  --trust-proxy       start: a proxy on this machine sets X-Forwarded-For and the like; without
                      it these headers are ignored
  --db-port <n>       start: PostgreSQL port
  --mail-port <n>     start: mail inbox port
  --reset             start: with an empty database
  --no-seed           start, reset: without seeds
  -o, --output <fmt>  status: pretty, env or json           (default: pretty)
  -h, --help          prints this
  -v, --version       prints the version
`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      project: { type: "string", default: "." },
      "data-dir": { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      "trust-proxy": { type: "boolean", default: false },
      "db-port": { type: "string" },
      "mail-port": { type: "string" },
      reset: { type: "boolean", default: false },
      "no-seed": { type: "boolean", default: false },
      output: { type: "string", short: "o", default: "pretty" },
      help: { type: "boolean", short: "h", default: false },
      version: { type: "boolean", short: "v", default: false },
    },
  });
  const [command, ...rest] = positionals;
  if (values.version) {
    console.log(await version());
    return 0;
  }
  if (values.help || command === undefined) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  if (rest.length > 0) throw new Error(`Unexpected argument "${rest[0]}".\n\n${usage}`);

  const projectDir = values.project;
  const dataDir = values["data-dir"] ?? join(projectDir, ".supabase-data");
  const seed = !values["no-seed"];
  switch (command) {
    case "start":
      return start({
        projectDir,
        dataDir,
        reset: values.reset,
        seed,
        trustProxy: values["trust-proxy"],
        ...(values.host === undefined ? {} : { host: values.host }),
        ports: {
          ...port("api", values.port),
          ...port("db", values["db-port"]),
          ...port("mail", values["mail-port"]),
        },
      });
    case "status":
      return status(dataDir, values.output);
    case "stop":
      return stop(dataDir);
    case "reset":
      return reset({ projectDir, dataDir, seed });
    case "prepare":
      await cacheFunctions(projectDir);
      return 0;
    default:
      throw new Error(`Unknown command "${command}".\n\n${usage}`);
  }
}

function port<Name extends string>(name: Name, text: string | undefined): { [K in Name]?: number } {
  if (text === undefined) return {};
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new Error(`"${text}" is not a port number.`);
  }
  return { [name]: value } as { [K in Name]?: number };
}

async function version(): Promise<string> {
  const manifest = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// An open channel to a launcher would keep this process alive.
if (process.connected) process.disconnect();
