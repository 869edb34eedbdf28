import type { Logger } from "pino";
import type { PartState } from "../parts.ts";
import type { FunctionSource } from "./project-functions.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Why no worker can take a request right now, as the hosted runtime names it. */
export class Unavailable extends Error {
  readonly code: "BOOT_ERROR" | "WORKER_ERROR";

  constructor(code: "BOOT_ERROR" | "WORKER_ERROR") {
    super(code);
    this.code = code;
  }
}

const longestRest = 10_000;
/** A worker that lived this long did not die of its start. */
const steady = 30_000;

/** Keeps one worker of a function alive: boots, restarts after a crash, replaces after a change. */
export class EdgeFunction {
  source: FunctionSource;
  readonly #spawn: (source: FunctionSource) => WorkerProcess;
  readonly #log: Logger;
  #worker: WorkerProcess | undefined;
  #state: PartState = "stopped";
  #restarts = 0;
  #failures = 0;
  #restUntil = 0;
  #retry: NodeJS.Timeout | undefined;
  #problem = "";

  constructor(
    source: FunctionSource,
    spawn: (source: FunctionSource) => WorkerProcess,
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

  start(): void {
    this.#boot("starting");
  }

  /** A worker that listens. Waits for one that boots; rejects with {@link Unavailable}. */
  async ready(): Promise<WorkerProcess> {
    const worker = this.#worker ?? this.#revive();
    try {
      await worker.listening;
      return worker;
    } catch {
      // Replaced by changed code while it booted: the new one counts.
      if (this.#worker !== undefined && this.#worker !== worker) return this.ready();
      throw new Unavailable("BOOT_ERROR");
    }
  }

  /** Boots the changed code beside the old, which then finishes what it has begun. */
  async reload(source: FunctionSource): Promise<void> {
    this.source = source;
    clearTimeout(this.#retry);
    this.#failures = 0;
    const old = this.#worker;
    const next = this.#boot("starting");
    await next.listening.catch(() => undefined);
    await old?.stop(60_000);
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    clearTimeout(this.#retry);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.stop(5000);
  }

  /** For a request that finds no worker: a broken function is not booted again for each of them. */
  #revive(): WorkerProcess {
    if (this.#state === "restarting" || this.#state === "stopped") {
      throw new Unavailable("WORKER_ERROR");
    }
    if (Date.now() < this.#restUntil) throw new Unavailable("BOOT_ERROR");
    return this.#boot("starting");
  }

  #boot(state: "starting" | "restarting"): WorkerProcess {
    // A function that failed stays so, for those who look, until it works.
    if (this.#state !== "failed") this.#state = state;
    const worker = this.#spawn(this.source);
    this.#worker = worker;
    void worker.listening.then(
      () => this.#listens(worker),
      (error: Error) => this.#failed(worker, error.message),
    );
    return worker;
  }

  #listens(worker: WorkerProcess): void {
    if (worker === this.#worker) {
      this.#state = "healthy";
      this.#problem = "";
    }
    void worker.ended.then(() => {
      if (worker === this.#worker) this.#crashed(worker);
    });
  }

  #failed(worker: WorkerProcess, problem: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#state = "failed";
    this.#restUntil = Date.now() + this.#nextRest();
    // Said once, not at every attempt.
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#log.error({ function: this.source.slug }, `It does not start:\n${problem}`);
  }

  #crashed(worker: WorkerProcess): void {
    this.#worker = undefined;
    if (Date.now() - worker.began > steady) this.#failures = 0;
    const rest = this.#failures === 0 ? 0 : this.#nextRest();
    this.#failures = Math.max(this.#failures, 1);
    this.#restarts += 1;
    this.#state = "restarting";
    const why = worker.isStuck ? "did not let its event loop turn and was ended" : "ended";
    this.#log.warn(
      { function: this.source.slug, restarts: this.#restarts },
      `It ${why}; it is started again in ${rest} ms.`,
    );
    this.#retry = setTimeout(() => this.#boot("restarting"), rest);
  }

  /** 0.5 s, 1 s, 2 s, … after one failure after the other. */
  #nextRest(): number {
    const rest = Math.min(500 * 2 ** this.#failures, longestRest);
    this.#failures += 1;
    return rest;
  }
}
