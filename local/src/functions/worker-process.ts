import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Logger } from "pino";
import { denoBinary, denoCache } from "./deno.ts";
import { configFlag, type FunctionSource } from "./project-functions.ts";

const shim = fileURLToPath(new URL("./worker.ts", import.meta.url));
const bootTimeout = 20_000;

/** One Deno process that runs one function. */
export class WorkerProcess {
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #listening: Promise<number>;
  #isOver = false;

  constructor(
    source: FunctionSource,
    options: {
      readonly projectDir: string;
      readonly scratch: string;
      readonly environment: Readonly<Record<string, string>>;
      readonly log: Logger;
    },
  ) {
    const nonce = randomBytes(16).toString("hex");
    const cache = denoCache(options.projectDir);
    const launch = { entrypoint: pathToFileURL(source.entrypoint).href, nonce };
    this.#child = spawn(
      denoBinary(),
      [
        "run",
        "--quiet",
        "--no-prompt",
        "--no-lock",
        "--no-check",
        "--cached-only",
        ...configFlag(source.configFile),
        // What the hosted runtime allows: no subprocesses, no native code, a file system of its own.
        "--allow-net",
        "--allow-env",
        "--allow-sys=hostname",
        `--allow-read=${join(options.projectDir, "supabase", "functions")},${cache},${options.scratch}`,
        `--allow-write=${options.scratch}`,
        "--unstable-no-legacy-abort",
        "--v8-flags=--max-old-space-size=256",
        shim,
        JSON.stringify(launch),
      ],
      {
        cwd: options.scratch,
        env: { ...options.environment, DENO_DIR: cache, DENO_NO_PACKAGE_JSON: "1", NO_COLOR: "1" },
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    // Written to never; a worker that is already gone must not take the stack with it.
    this.#child.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      const over = () => {
        this.#isOver = true;
        resolve();
      };
      this.#child.once("exit", over);
      this.#child.once("error", over);
    });
    this.#listening = this.#watch(source.slug, nonce, options.log);
    this.#listening.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The port it listens on; rejects with what it said when it did not get that far. */
  listening(): Promise<number> {
    return this.#listening;
  }

  /** Lets it finish what it does, for some seconds at most. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#child.stdin?.end();
    const force = setTimeout(() => this.#child.kill("SIGKILL"), 6000);
    await this.ended;
    clearTimeout(force);
  }

  #watch(slug: string, nonce: string, log: Logger): Promise<number> {
    const said: string[] = [];
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`It did not call Deno.serve within ${bootTimeout / 1000} s.`));
        this.#child.kill("SIGKILL");
      }, bootTimeout);
      const lines = (stream: NodeJS.ReadableStream | null, level: "info" | "error") => {
        if (stream === null) return;
        createInterface({ input: stream }).on("line", (line) => {
          if (line.startsWith(`${nonce} `)) {
            clearTimeout(late);
            resolve(Number(line.slice(nonce.length + 1)));
            return;
          }
          if (said.length < 40) said.push(line);
          log[level]({ function: slug }, line.slice(0, 10_000));
        });
      };
      lines(this.#child.stdout, "info");
      lines(this.#child.stderr, "error");
      this.#child.once("error", reject);
      this.#child.once("close", () => {
        clearTimeout(late);
        reject(new Error(said.join("\n") || "It ended without a word."));
      });
    });
  }
}
