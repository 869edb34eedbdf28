import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { logFile, openLogFile } from "../log.ts";
import type { Part, PartHealth } from "../parts.ts";
import { chooseLauncher, type Launcher } from "../process/launcher.ts";
import { tailLog } from "../process/log-tail.ts";
import type { Launched } from "../process/process-run.ts";
import { Supervisor } from "../process/supervisor.ts";
import type { Settings } from "../settings.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { ensureCluster } from "./data-dir.ts";
import { installExtensions } from "./extensions.ts";
import { clearStale, untilReady } from "./postmaster.ts";

const logName = "postgres";
const reason = /^.*?(?:FATAL|PANIC|postgres): +(.*)/m;

/** PostgreSQL on the settings' database port, with its data in `<dataDir>/postgres`. */
export class PostgresCluster implements Part {
  readonly name = "postgres";
  readonly #settings: Settings;
  readonly #folder: string;
  readonly #server: Supervisor;
  #binaries: Binaries | undefined;
  #launcher: Launcher | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#folder = join(settings.dataDir, "postgres");
    this.#server = new Supervisor({
      name: "PostgreSQL",
      launch: () => this.#launch(),
    });
  }

  async start(): Promise<void> {
    const { dataDir, ports, keys } = this.#settings;
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    this.#binaries = findBinaries();
    this.#launcher = chooseLauncher(this.#folder, [dataDir, this.#binaries.postgres]);
    await installExtensions(this.#binaries.extensionDir);
    await clearStale(this.#folder);
    await ensureFree(ports.db);
    await ensureCluster(this.#folder, keys.databasePassword, this.#binaries, this.#launcher);
    await this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  health(): PartHealth {
    return this.#server.health();
  }

  async #launch(): Promise<Launched> {
    const { dataDir, ports } = this.#settings;
    if (this.#binaries === undefined || this.#launcher === undefined) {
      throw new Error("PostgreSQL was not prepared.");
    }
    await clearStale(this.#folder);
    const log = openLogFile(dataDir, logName);
    const lastLines = await tailLog(logFile(dataDir, logName), reason);
    const command = [this.#binaries.postgres, "-D", this.#folder, ...serverSettings(ports.db)];
    const [program, args] = this.#launcher.wrap(command, "INT");
    const child = spawn(program, args, {
      stdio: ["ignore", log, log],
      cwd: this.#folder,
      // In a process group of its own, so that Ctrl-C reaches only the stack, which stops its parts in order.
      detached: true,
      env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" },
      ...this.#launcher.identity,
    });
    closeSync(log);
    return {
      child,
      ready: (signal) => untilReady(this.#folder, child.pid, signal),
      reason: async () => `PostgreSQL did not start: ${await lastLines()}.`,
      // PostgreSQL's fast shutdown: sessions are ended, nothing committed is lost.
      end: () => child.kill("SIGINT"),
    };
  }
}

/** Given on the command line, so that they hold whatever settings the data folder was made with. */
const serverSettings = (port: number): readonly string[] =>
  Object.entries({
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 100,
    shared_preload_libraries: "pg_stat_statements",
    wal_level: "logical",
    // Slots of a Realtime server that is gone must not fill the disk.
    max_slot_wal_keep_size: "1GB",
    random_page_cost: 1.1,
    timezone: "UTC",
    log_timezone: "UTC",
    log_line_prefix: "%m [%p] %q%u ",
  }).map(([name, value]) => `--${name}=${value}`);

function ensureFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
              `Port ${port} (database) is in use by another program. Stop that program, or choose another port with --db-port (--port moves them all).`,
            )
          : error,
      );
    });
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve()));
  });
}
