import type { ChildProcess } from "node:child_process";
import type { PartHealth, PartState } from "../parts.ts";

export interface Program {
  readonly name: string;
  /** Starts the process; called again whenever it died. */
  spawn(): Promise<ChildProcess>;
  /** Resolves when the process serves; gives up when `signal` says that nobody waits any more. */
  ready(child: ChildProcess, signal: AbortSignal): Promise<void>;
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
  #detail: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #launching: Promise<void> | undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  async start(): Promise<void> {
    this.#state = "starting";
    try {
      await this.#launch();
    } catch (error) {
      if (!this.#isStopped()) this.#state = "failed";
      this.#detail = (error as Error).message;
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child !== undefined && !hasEnded(child)) {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill(this.#program.stopSignal);
      const force = setTimeout(() => child.kill("SIGKILL"), patience.stop);
      await gone;
      clearTimeout(force);
    }
    // One that was just being started is killed by whoever started it.
    await this.#launching?.catch(() => undefined);
    this.#detail = undefined;
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

  #launch(): Promise<void> {
    this.#launching = this.#tryLaunch();
    return this.#launching;
  }

  async #tryLaunch(): Promise<void> {
    const { name } = this.#program;
    const child = await this.#program.spawn();
    this.#child = child;
    if (this.#isStopped()) child.kill("SIGKILL");
    const end = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const early = end.then(async (how) => {
      const reason = await this.#program.reason?.().catch(() => undefined);
      throw new Error(reason ?? `${name} ended with ${how} before it was ready.`);
    });
    const waiting = new AbortController();
    const late = setTimeout(() => waiting.abort(tooLate(name)), patience.ready);
    try {
      await Promise.race([this.#program.ready(child, waiting.signal), early]);
    } catch (error) {
      if (!hasEnded(child)) child.kill("SIGKILL");
      throw error;
    } finally {
      clearTimeout(late);
      waiting.abort();
      early.catch(() => undefined);
    }
    if (this.#isStopped()) return;
    this.#state = "healthy";
    this.#detail = undefined;
    const since = Date.now();
    void end.then((how) => {
      if (Date.now() - since > patience.steady) this.#failures = 0;
      this.#restartSoon(`ended with ${how}; starting again`);
    });
  }

  #restartSoon(detail: string): void {
    if (this.#isStopped()) return;
    this.#state = "restarting";
    this.#detail = detail;
    this.#restarts += 1;
    const delay = Math.min(50 * 2 ** this.#failures, 5000);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#launch().catch((error: unknown) => this.#restartSoon((error as Error).message));
    }, delay);
  }

  #isStopped(): boolean {
    return this.#state === "stopped";
  }
}

const hasEnded = (child: ChildProcess) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

const tooLate = (name: string) =>
  new Error(`${name} did not get ready within ${patience.ready / 1000} seconds.`);
