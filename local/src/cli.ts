import { parseArgs } from "node:util";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { cacheFunctions } from "./functions/prepare.ts";

const usage = `Usage: embedded-supabase <command> [options]

Commands
  start     boots the stack in the foreground until Ctrl-C
  status    prints the addresses and keys of the running stack
  prepare   caches what the functions need, so that a start needs no network

Options
  --project <dir>     folder that holds supabase/          (default: .)
  --data-dir <dir>    where the stack keeps its data       (default: .supabase-data)
  --port <n>          API port; the others move along      (default: config.toml; 0 = any free)
  --db-port <n>       PostgreSQL port
  --mail-port <n>     mail inbox port
  --reset             start: with an empty database
  --no-seed           start: without seeds
  -o, --output <fmt>  status: pretty, env or json          (default: pretty)
`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      project: { type: "string", default: "." },
      "data-dir": { type: "string", default: ".supabase-data" },
      port: { type: "string" },
      "db-port": { type: "string" },
      "mail-port": { type: "string" },
      reset: { type: "boolean", default: false },
      "no-seed": { type: "boolean", default: false },
      output: { type: "string", short: "o", default: "pretty" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command] = positionals;
  if (values.help || command === undefined) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const dataDir = values["data-dir"];
  switch (command) {
    case "start":
      return start({
        projectDir: values.project,
        dataDir,
        reset: values.reset,
        seed: !values["no-seed"],
        ports: {
          ...port("api", values.port),
          ...port("db", values["db-port"]),
          ...port("mail", values["mail-port"]),
        },
      });
    case "status":
      return status(dataDir, values.output);
    case "prepare":
      await cacheFunctions(values.project);
      return 0;
    default:
      throw new Error(`There is no command "${command}".\n\n${usage}`);
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

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// An open channel to a launcher would keep this process alive.
if (process.connected) process.disconnect();
