import { type ChildProcess, fork } from "node:child_process";
import { programFile } from "../../process/program-file.ts";
import { StorageError } from "../errors.ts";
import type { RenderJob, RenderResult } from "./render-process.ts";

const program = programFile("./render-process", import.meta.url);

interface Limits {
  /** Images at once; others wait. */
  readonly processes: number;
  readonly waiting: number;
  /** Milliseconds for one image. */
  readonly timeout: number;
  /** Milliseconds that a process is kept for the next image. */
  readonly idle: number;
}

const defaults: Limits = { processes: 2, waiting: 200, timeout: 10_000, idle: 15_000 };

/** Renders images in processes that start when they are needed and end when they are not. */
export class ImageRenderer {
  readonly #limits: Limits;
  readonly #idle: { readonly child: ChildProcess; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...defaults, ...limits };
  }

  async render(job: RenderJob): Promise<RenderResult> {
    await this.#turn();
    try {
      const child = this.#takeIdle() ?? start();
      const result = await ask(child, job, this.#limits.timeout);
      this.#keep(child);
      return result;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= this.#limits.processes) {
      if (this.#waiting.length >= this.#limits.waiting) throw problem(429, "Too many requests");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }

  #takeIdle(): ChildProcess | undefined {
    for (let one = this.#idle.pop(); one !== undefined; one = this.#idle.pop()) {
      clearTimeout(one.timer);
      if (one.child.connected) return one.child;
    }
    return undefined;
  }

  #keep(child: ChildProcess): void {
    const timer = setTimeout(() => {
      const at = this.#idle.findIndex((one) => one.child === child);
      if (at >= 0) this.#idle.splice(at, 1);
      child.disconnect();
    }, this.#limits.idle);
    timer.unref();
    this.#idle.push({ child, timer });
  }
}

/** The process gets nothing of this one's environment but what Node needs, and so no key. */
function start(): ChildProcess {
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const child = fork(program, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { PATH, NODE_COMPILE_CACHE, MALLOC_ARENA_MAX: "2" },
  });
  child.unref();
  return child;
}

function ask(child: ChildProcess, job: RenderJob, timeout: number): Promise<RenderResult> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void) => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit).off("error", onExit);
      work();
    };
    const onMessage = (result: RenderResult) => settle(() => resolve(result));
    const onExit = () => settle(() => reject(problem(500, "The image could not be processed")));
    const timer = setTimeout(() => {
      settle(() => reject(problem(503, "Timeout")));
      child.kill("SIGKILL");
    }, timeout);
    child.on("message", onMessage).once("exit", onExit).once("error", onExit);
    child.send(job, (error) => {
      if (error !== null) onExit();
    });
  });
}

/** An error of upstream's engine; Storage passes its status and text on. */
export const problem = (status: number, message: string): StorageError =>
  new StorageError({
    code: status > 499 ? "InternalError" : "InvalidRequest",
    status,
    message,
  });
