import type { ChildProcess } from "node:child_process";

/** A program that runs as a child process. `Service` is what its users get once it serves. */
export interface Program<Service = void> {
  /** Its name in messages. */
  readonly name: string;
  launch(): Launched<Service> | Promise<Launched<Service>>;
}

export interface Launched<Service = void> {
  readonly child: ChildProcess;
  /** Resolves when the process serves. `signal` is aborted when the wait is over for another reason. */
  ready(signal: AbortSignal): Promise<Service>;
  /** Explains why the process ended before it served; `how` is its exit code or signal. */
  reason?(how: string): string | Promise<string>;
  /** Asks the process to finish its work and end. The default sends SIGTERM. */
  end?(): void;
}

/** One run of a program: from its launch until the process is gone. */
export class ProcessRun<Service> {
  /** Resolves when it serves. Rejects with a sentence when it ends, or takes too long, before. */
  readonly ready: Promise<Service>;
  /** Resolves with its exit code or signal when the process is gone; never rejects. */
  readonly ended: Promise<string>;
  readonly #program: Program<Service>;
  #launched: Launched<Service> | undefined;
  #isOver = false;
  #isUnwanted = false;

  /** Launches it. It is killed when it does not serve within `patience` milliseconds. */
  constructor(program: Program<Service>, patience: number) {
    this.#program = program;
    const launched = this.#launch();
    this.ended = launched.then(({ child }) => exitOf(child)).catch((error: Error) => error.message);
    void this.ended.then(() => {
      this.#isOver = true;
    });
    this.ready = launched.then((run) => this.#untilReady(run, patience));
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#isOver ? undefined : this.#launched?.child.pid;
  }

  /** Asks it to end, and kills it after `patience` milliseconds. Resolves when it is gone. */
  async stop(patience: number): Promise<void> {
    if (!this.#isUnwanted && !this.#isOver) this.#askToEnd();
    this.#isUnwanted = true;
    const force = setTimeout(() => this.#kill(), patience);
    await this.ended;
    clearTimeout(force);
  }

  async #launch(): Promise<Launched<Service>> {
    const launched = await this.#program.launch();
    this.#launched = launched;
    // It was stopped before there was a process to ask.
    if (this.#isUnwanted) this.#kill();
    return launched;
  }

  async #untilReady(run: Launched<Service>, patience: number): Promise<Service> {
    const { name } = this.#program;
    const waiting = new AbortController();
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const message = `${name} was not ready within ${patience / 1000} seconds.`;
      late = setTimeout(() => reject(new Error(message)), patience);
    });
    const early = this.ended.then(async (how): Promise<never> => {
      throw new Error(
        (await run.reason?.(how)) ?? `${name} ended with ${how} before it was ready.`,
      );
    });
    // One that served ends as well, later.
    early.catch(() => undefined);
    try {
      return await Promise.race([run.ready(waiting.signal), early, tooLate]);
    } catch (error) {
      this.#kill();
      throw error;
    } finally {
      clearTimeout(late);
      waiting.abort();
    }
  }

  #askToEnd(): void {
    const run = this.#launched;
    if (run?.end === undefined) run?.child.kill("SIGTERM");
    else run.end();
  }

  #kill(): void {
    if (!this.#isOver) this.#launched?.child.kill("SIGKILL");
  }
}

/** Resolves when the process has ended and all it wrote was read. */
const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
    child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
