import type { PartHealth, PartState } from "../parts.ts";
import { Backoff, commonPolicy, type Policy } from "./policy.ts";
import { ProcessRun, type Program } from "./process-run.ts";

/** Is called when something happens to a process, for example to log it. */
export interface Observer<Service> {
  /** A process serves. */
  ready?(): void;
  /** A process ended before it served, for this reason. */
  failed?(reason: string): void;
  /** A process that served ended; the next one is started after `pause` milliseconds. */
  ended?(service: Service, pause: number): void;
}

/** No process serves, and none is being started. */
export class NotServing extends Error {
  /** The last attempt to start one failed. */
  readonly hasFailed: boolean;

  constructor(hasFailed: boolean) {
    super(hasFailed ? "It does not start." : "It is not running.");
    this.hasFailed = hasFailed;
  }
}

/**
 * Keeps one program running: starts it, waits until it serves, starts it again when it ends (at once, then
 * more and more slowly), replaces it, and stops it.
 */
export class Supervisor<Service = void> {
  readonly #program: Program<Service>;
  readonly #policy: Policy;
  readonly #observer: Observer<Service>;
  readonly #backoff: Backoff;
  readonly #leaving = new Set<ProcessRun<Service>>();
  #run: ProcessRun<Service> | undefined;
  #state: PartState = "stopped";
  #restarts = 0;
  #detail: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When a failed program may be tried again on demand. */
  #pausedUntil = 0;

  constructor(
    program: Program<Service>,
    policy: Partial<Policy> = {},
    observer: Observer<Service> = {},
  ) {
    this.#program = program;
    this.#policy = { ...commonPolicy, ...policy };
    this.#observer = observer;
    this.#backoff = new Backoff(this.#policy);
  }

  /** Resolves when the program serves. Rejects when it ends before; it is not tried again by itself then. */
  async start(): Promise<void> {
    await this.#launch("starting").ready;
  }

  /** What the running process offers. Waits for one that is starting; rejects with {@link NotServing}. */
  async service(): Promise<Service> {
    const run = this.#run ?? this.#revive();
    try {
      return await run.ready;
    } catch {
      // Another one took its place while it started: that one counts.
      if (this.#run !== undefined && this.#run !== run) return this.service();
      throw new NotServing(true);
    }
  }

  /** Starts a second process, then lets the first finish its work, for `patience` milliseconds at most. */
  async replace(patience: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#backoff.reset();
    const old = this.#run;
    const next = this.#launch("starting");
    await next.ready.catch(() => undefined);
    if (old !== undefined) await this.#leave(old, patience);
  }

  /** Stops it for good, whatever it is doing. Can be called twice. */
  async stop(): Promise<void> {
    this.#state = "stopped";
    this.#detail = undefined;
    clearTimeout(this.#timer);
    if (this.#run !== undefined) this.#leaving.add(this.#run);
    this.#run = undefined;
    await Promise.all([...this.#leaving].map((run) => this.#leave(run, this.#policy.stop)));
  }

  health(): PartHealth {
    const pid = this.#run?.pid;
    return {
      state: this.#state,
      restarts: this.#restarts,
      ...(pid === undefined ? {} : { pid }),
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    };
  }

  #launch(state: "starting" | "restarting"): ProcessRun<Service> {
    // What failed stays so in `health` until it serves.
    if (this.#state !== "failed") this.#state = state;
    const run = new ProcessRun(this.#program, this.#policy.ready);
    this.#run = run;
    void run.ready.then(
      (service) => this.#serves(run, service),
      (error: Error) => this.#failed(run, error.message, state === "restarting"),
    );
    return run;
  }

  #serves(run: ProcessRun<Service>, service: Service): void {
    const since = Date.now();
    if (run === this.#run) {
      this.#state = "healthy";
      this.#detail = undefined;
      this.#observer.ready?.();
    }
    void run.ended.then((how) => {
      if (run !== this.#run) return;
      this.#run = undefined;
      const pause = this.#backoff.afterService(Date.now() - since);
      this.#restartAfter(pause, `ended with ${how}; starting again`);
      this.#observer.ended?.(service, pause);
    });
  }

  #failed(run: ProcessRun<Service>, reason: string, isRestart: boolean): void {
    if (run !== this.#run) return;
    this.#run = undefined;
    const pause = this.#backoff.afterFailure();
    if (isRestart && this.#policy.retry === "by itself") {
      this.#restartAfter(pause, reason);
    } else {
      this.#state = "failed";
      this.#detail = reason;
      this.#pausedUntil = Date.now() + pause;
    }
    this.#observer.failed?.(reason);
  }

  #restartAfter(pause: number, detail: string): void {
    this.#state = "restarting";
    this.#detail = detail;
    this.#restarts += 1;
    this.#timer = setTimeout(() => this.#launch("restarting"), pause);
  }

  /** Starts a failed program because it is asked for, unless that was tried a moment ago. */
  #revive(): ProcessRun<Service> {
    if (this.#state !== "failed") throw new NotServing(false);
    if (Date.now() < this.#pausedUntil) throw new NotServing(true);
    return this.#launch("starting");
  }

  async #leave(run: ProcessRun<Service>, patience: number): Promise<void> {
    this.#leaving.add(run);
    await run.stop(patience);
    this.#leaving.delete(run);
  }
}
