import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { logFile, openLogFile } from "../log.ts";
import type { Part, PartHealth } from "../parts.ts";
import { plainLauncher } from "../process/launcher.ts";
import { tailLog } from "../process/log-tail.ts";
import type { Launched } from "../process/process-run.ts";
import { Supervisor } from "../process/supervisor.ts";
import type { Settings } from "../settings.ts";
import { findPostgrest } from "./binary.ts";
import { environment } from "./environment.ts";

/** PostgREST as the role `authenticator`, on its internal port. Ready when its schema cache is loaded. */
export class Postgrest implements Part {
  readonly name = "postgrest";
  readonly #settings: Settings;
  readonly #server: Supervisor;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#server = new Supervisor({
      name: "PostgREST",
      launch: () => this.#launch(),
    });
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  health(): PartHealth {
    return this.#server.health();
  }

  async #launch(): Promise<Launched> {
    const { dataDir } = this.#settings;
    const [program, args] = plainLauncher().wrap([findPostgrest()], "TERM");
    const lastLines = await tailLog(logFile(dataDir, "postgrest"), /^postgrest: (.*)/m);
    const log = openLogFile(dataDir, "postgrest");
    const child = spawn(program, args, {
      stdio: ["ignore", log, log],
      detached: true,
      // Only the owner of a process and root can read its environment; every user can read its arguments.
      env: await environment(this.#settings),
    });
    closeSync(log);
    return {
      child,
      ready: (signal) => this.#untilReady(signal),
      reason: async () => `PostgREST did not start: ${await lastLines()}.`,
    };
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    const { postgrestAdmin } = this.#settings.ports.internal;
    const address = `http://127.0.0.1:${postgrestAdmin}/ready`;
    for (;;) {
      const answer = await fetch(address).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok === true) return;
      await sleep(20);
      signal.throwIfAborted();
    }
  }
}
