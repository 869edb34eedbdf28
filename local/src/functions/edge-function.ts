import type { Logger } from "pino";
import type { PartHealth } from "../parts.ts";
import type { Launched } from "../process/process-run.ts";
import { Supervisor } from "../process/supervisor.ts";
import type { FunctionSource } from "./project-functions.ts";
import type { Worker } from "./worker-process.ts";

/** A function that does not start is retried only at a request, because its code can be fixed at any time. */
const policy = { stop: 5000, pause: 500, longestPause: 10_000, retry: "on demand" } as const;
/** Milliseconds that replaced code may take to finish its requests. */
const drain = 60_000;

/** One function with the worker that runs it. */
export class EdgeFunction {
  source: FunctionSource;
  readonly #log: Logger;
  readonly #supervisor: Supervisor<Worker>;
  #lastFailure = "";

  constructor(
    source: FunctionSource,
    launch: (source: FunctionSource) => Launched<Worker>,
    log: Logger,
  ) {
    this.source = source;
    this.#log = log;
    this.#supervisor = new Supervisor<Worker>(
      { name: "The function", launch: () => launch(this.source) },
      policy,
      {
        ready: () => {
          this.#lastFailure = "";
        },
        failed: (reason) => this.#logFailure(reason),
        ended: (worker, pause) => this.#logEnd(worker, pause),
      },
    );
  }

  /** Starts its worker in the background. */
  start(): void {
    this.#supervisor.start().catch(() => undefined);
  }

  /** Returns the worker to send requests to. Waits while it starts; rejects with `NotServing`. */
  worker(): Promise<Worker> {
    return this.#supervisor.service();
  }

  /** Starts the changed code beside the old, which then finishes its requests. */
  async reload(source: FunctionSource): Promise<void> {
    this.source = source;
    await this.#supervisor.replace(drain);
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  health(): PartHealth {
    return this.#supervisor.health();
  }

  /** Logs a reason once, not at every attempt. */
  #logFailure(reason: string): void {
    if (reason === this.#lastFailure) return;
    this.#lastFailure = reason;
    this.#log.error({ function: this.source.slug }, `The function does not start:\n${reason}`);
  }

  #logEnd({ isStuck }: Worker, pause: number): void {
    const why = isStuck ? "blocked its event loop and was ended" : "ended";
    const { restarts } = this.health();
    this.#log.warn(
      { function: this.source.slug, restarts },
      `The function ${why}. It is started again in ${pause} ms.`,
    );
  }
}
