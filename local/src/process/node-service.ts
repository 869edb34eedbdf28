import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { logFile, openLogFile } from "../log.ts";
import type { Part, PartHealth } from "../parts.ts";
import type { Settings } from "../settings.ts";
import type { Launched } from "./process-run.ts";
import { Supervisor } from "./supervisor.ts";

/** Node's compile cache. Without it, stripping types costs each process 20 MB and delays each start. */
const compileCache = join(nodeModules(fileURLToPath(import.meta.url)), ".cache", "node");

/**
 * A part that runs a Node program of this package in its own process. It receives its settings over the IPC
 * channel (never in its environment or arguments, which other users can read), sends `ready`, and ends
 * when the channel closes, so that no process survives a killed parent.
 */
export class NodeService implements Part {
  readonly name: string;
  readonly #entry: string;
  readonly #settings: Settings;
  readonly #flags: readonly string[];
  readonly #supervisor: Supervisor;

  /** `flags` are Node's own, for a service that has to keep within a limit. */
  constructor(name: string, entry: URL, settings: Settings, flags: readonly string[] = []) {
    this.name = name;
    this.#entry = fileURLToPath(entry);
    this.#settings = settings;
    this.#flags = flags;
    this.#supervisor = new Supervisor({
      name,
      launch: () => this.#launch(),
    });
  }

  start(): Promise<void> {
    return this.#supervisor.start();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  health(): PartHealth {
    return this.#supervisor.health();
  }

  #launch(): Launched {
    const { name } = this;
    const { dataDir } = this.#settings;
    const log = openLogFile(dataDir, name);
    const child = spawn(process.execPath, [...this.#flags, this.#entry], {
      stdio: ["ignore", log, log, "ipc"],
      env: { NODE_COMPILE_CACHE: compileCache, MALLOC_ARENA_MAX: "2", ...process.env },
    });
    closeSync(log);
    // Fails when the process is gone already; its end is reported as such.
    child.send(this.#settings, () => undefined);
    return {
      child,
      ready: () => untilReady(child),
      reason: (how) =>
        `${name} ended with ${how} before it was ready. Its log has the reason: ${logFile(dataDir, name)}`,
    };
  }
}

const untilReady = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.on("message", (message) => {
      if (message === "ready") resolve();
    });
  });

/** Runs the program of a {@link NodeService}, in its process. `serve` resolves when it listens. */
export function runService(
  serve: (settings: Settings) => Promise<{ close(): Promise<void> }>,
): void {
  process.once("disconnect", () => process.exit(0));
  process.once("message", async (settings: Settings) => {
    try {
      const { close } = await serve(settings);
      const end = () => close().then(() => process.exit(0));
      process.once("SIGTERM", end);
      // Ctrl-C reaches the whole process group; the parent decides when each part stops.
      process.on("SIGINT", () => undefined);
      process.send?.("ready");
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  });
}

/** The `node_modules` that this package is installed in; in a checkout, the repository's. */
function nodeModules(file: string): string {
  const installed = /^.*[\\/]node_modules(?=[\\/])/.exec(file)?.[0];
  return installed ?? join(dirname(file), "..", "..", "..", "node_modules");
}
