import type { Logger } from "pino";
import type { PartState } from "../parts.ts";
import type { FunctionSource } from "./project-functions.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A function whose code does not load: it stays so until its files change. */
export class BootError extends Error {}

/** Keeps one worker of a function alive: boots, restarts after a crash, replaces after a change. */
export class EdgeFunction {
  source: FunctionSource;
  readonly #spawn: (source: FunctionSource) => Promise<WorkerProcess>;
  readonly #log: Logger;
  #worker: Promise<WorkerProcess> | undefined;
  #current: WorkerProcess | undefined;
  #state: PartState = "stopped";
  #restarts = 0;
  #problem: string | undefined;
  #failedAt = 0;

  constructor(
    source: FunctionSource,
    spawn: (source: FunctionSource) => Promise<WorkerProcess>,
    log: Logger,
  ) {
    this.source = source;
    this.#spawn = spawn;
    this.#log = log;
  }

  get state(): PartState {
    return this.#state;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  get pid(): number | undefined {
    return this.#current?.pid;
  }

  /** The port of a living worker, booting one when there is none. */
  async port(): Promise<number> {
    // A broken function is not booted again for every request that comes in.
    if (this.#state === "failed" && Date.now() - this.#failedAt < 2000) {
      throw new BootError(this.#problem);
    }
    this.#worker ??= this.#boot();
    return (await this.#worker).listening();
  }

  /** Boots the changed code beside the old, which ends when its requests are answered. */
  async reload(source: FunctionSource): Promise<void> {
    this.source = source;
    const old = this.#current;
    this.#worker = this.#boot();
    await this.#worker.catch(() => undefined);
    await old?.stop();
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    const worker = await this.#worker?.catch(() => undefined);
    this.#worker = undefined;
    await worker?.stop();
  }

  async #boot(): Promise<WorkerProcess> {
    this.#state = this.#restarts === 0 ? "starting" : "restarting";
    try {
      const worker = await this.#spawn(this.source);
      await worker.listening();
      this.#state = "healthy";
      this.#problem = undefined;
      this.#current = worker;
      void worker.ended.then(() => this.#onEnd(worker));
      return worker;
    } catch (error) {
      this.#worker = undefined;
      this.#state = "failed";
      this.#failedAt = Date.now();
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#log.error({ function: this.source.slug }, `does not boot: ${this.#problem}`);
      throw new BootError(this.#problem);
    }
  }

  #onEnd(worker: WorkerProcess): void {
    if (worker !== this.#current || this.#state === "stopped") return;
    this.#current = undefined;
    this.#restarts += 1;
    this.#log.warn(
      { function: this.source.slug, restarts: this.#restarts },
      "ended; starting again",
    );
    this.#worker = this.#boot();
    this.#worker.catch(() => undefined);
  }
}
