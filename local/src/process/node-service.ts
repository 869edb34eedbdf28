import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLogFile } from "../log.ts";
import type { Part, PartHealth, PartState } from "../parts.ts";
import type { Settings } from "../settings.ts";

/** Where Node keeps our programs compiled: stripping types anew costs every process 20 MB, and every start time. */
const compileCache = join(nodeModules(fileURLToPath(import.meta.url)), ".cache", "node");

/**
 * A part that is a Node program of ours in a process of its own. It gets its settings over the IPC
 * channel (never in its environment or arguments, which other users can read), says `ready`, and ends
 * when the channel closes, so that no orphan survives a killed parent. A part that dies is started
 * again, more slowly each time.
 */
export class NodeService implements Part {
  readonly name: string;
  readonly #entry: string;
  readonly #settings: Settings;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;
  #state: PartState = "stopped";
  #restarts = 0;
  #detail: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `flags` are Node's own, for a service that has to keep within some bound. */
  constructor(name: string, entry: URL, settings: Settings, flags: readonly string[] = []) {
    this.name = name;
    this.#entry = fileURLToPath(entry);
    this.#settings = settings;
    this.#flags = flags;
  }

  async start(): Promise<void> {
    this.#state = "starting";
    await this.#launch();
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), 5000);
    await gone;
    clearTimeout(force);
  }

  health(): PartHealth {
    const pid = this.#child?.pid;
    return {
      state: this.#state,
      restarts: this.#restarts,
      ...(pid === undefined ? {} : { pid }),
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    };
  }

  #launch(): Promise<void> {
    return new Promise((resolve, reject) => {
      const log = openLogFile(this.#settings.dataDir, this.name);
      const child = spawn(process.execPath, [...this.#flags, this.#entry], {
        stdio: ["ignore", log, log, "ipc"],
        env: { NODE_COMPILE_CACHE: compileCache, MALLOC_ARENA_MAX: "2", ...process.env },
      });
      closeSync(log);
      this.#child = child;
      child.send(this.#settings);
      child.on("message", (message) => {
        if (message !== "ready") return;
        this.#state = "healthy";
        this.#detail = undefined;
        resolve();
      });
      child.once("exit", (code, signal) => {
        const how = signal === null ? `exit code ${code}` : signal;
        reject(new Error(`${this.name} ended with ${how} before it was ready; its log says why.`));
        if (this.#state !== "stopped") this.#restartSoon(how);
      });
      child.once("error", reject);
    });
  }

  #restartSoon(how: string): void {
    this.#state = "restarting";
    this.#detail = `ended with ${how}; starting again`;
    this.#restarts += 1;
    const delay = Math.min(100 * 2 ** Math.min(this.#restarts - 1, 6), 5000);
    this.#timer = setTimeout(() => {
      this.#launch().catch(() => undefined);
    }, delay);
  }
}

/** The other side: what the program of a {@link NodeService} runs. `serve` resolves when it listens. */
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
