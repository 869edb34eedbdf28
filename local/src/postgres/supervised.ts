import type { ChildProcess } from "node:child_process";
import type { PartHealth, PartState } from "../parts.ts";

export interface Program {
  readonly name: string;
  /** Starts the process; called again whenever it died. */
  spawn(): Promise<ChildProcess>;
  /** Resolves when the process serves. */
  ready(child: ChildProcess): Promise<void>;
  /** Says why the process ended before it served, if that can be known. */
  reason?(): Promise<string | undefined>;
  readonly stopSignal: NodeJS.Signals;
}

const patience = { ready: 60_000, stop: 10_000, steady: 30_000 };

/** Keeps one foreign program running: starts it, brings it back when it dies, stops it. */
export class Supervised {
  readonly #program: Program;
  #child: ChildProcess | undefined;
  #state: PartState = "stopped";
  #restarts = 0;
  /** Deaths in a row; one that served for a while starts a new row. */
  #failures = 0;
  #healthySince = 0;
  #detail: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  async start(): Promise<void> {
    this.#state = "starting";
    await this.#launch();
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    this.#detail = undefined;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || hasEnded(child)) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(this.#program.stopSignal);
    const force = setTimeout(() => child.kill("SIGKILL"), patience.stop);
    await gone;
    clearTimeout(force);
  }

  health(): PartHealth {
    const child = this.#child;
    const pid = child === undefined || hasEnded(child) ? undefined : child.pid;
    return {
      state: this.#state,
      restarts: this.#restarts,
      ...(pid === undefined ? {} : { pid }),
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    };
  }

  async #launch(): Promise<void> {
    const child = await this.#program.spawn();
    this.#child = child;
    if (this.#state === "stopped") child.kill("SIGKILL");
    let served = false;
    const end = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const early = end.then(async (how) => {
      if (served) return this.#restartSoon(how);
      const reason = await this.#program.reason?.().catch(() => undefined);
      throw new Error(reason ?? `${this.#program.name} ended with ${how} before it was ready.`);
    });
    early.catch(() => undefined);
    try {
      await Promise.race([this.#program.ready(child), early, tooLate(this.#program.name)]);
    } catch (error) {
      if (!hasEnded(child)) child.kill("SIGKILL");
      throw error;
    }
    if (hasEnded(child)) return early;
    served = true;
    if (this.#state === "stopped") return;
    this.#state = "healthy";
    this.#detail = undefined;
    this.#healthySince = Date.now();
  }

  #restartSoon(how: string): void {
    if (this.#state === "stopped") return;
    this.#state = "restarting";
    this.#detail = `ended with ${how}; starting again`;
    this.#restarts += 1;
    if (Date.now() - this.#healthySince > patience.steady) this.#failures = 0;
    const delay = Math.min(50 * 2 ** this.#failures, 5000);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#launch().catch((error: unknown) => this.#restartSoon((error as Error).message));
    }, delay);
  }
}

const hasEnded = (child: ChildProcess) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

function tooLate(name: string): Promise<never> {
  return new Promise((_, reject) => {
    const sentence = `${name} did not get ready within ${patience.ready / 1000} seconds.`;
    setTimeout(() => reject(new Error(sentence)), patience.ready).unref();
  });
}
