import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { programFile } from "../process/program.ts";
import { denoBinary, denoCache, denoEnvironment, leash } from "./deno.ts";
import { configFlags, type FunctionSource, functionsFolder } from "./project-functions.ts";

const shim = fileURLToPath(programFile("./worker", import.meta.url));
/** Long enough to fetch dependencies that nobody cached before. */
const bootTimeout = 60_000;
const longestLine = 10_000;

export interface WorkerOptions {
  readonly projectDir: string;
  /** The folder that this function may write to. */
  readonly scratch: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: Logger;
}

/** One Deno process that runs one function. */
export class WorkerProcess {
  /** The port it listens on; rejects with what it said when it does not get that far. */
  readonly listening: Promise<number>;
  readonly ended: Promise<void>;
  readonly began = Date.now();
  readonly #child: ChildProcess;
  #isOver = false;
  #isStuck = false;

  constructor(source: FunctionSource, options: WorkerOptions) {
    const nonce = randomBytes(16).toString("hex");
    mkdirSync(options.scratch, { recursive: true });
    const [program = "", ...args] = command(source, options);
    this.#child = spawn(program, args, {
      cwd: options.scratch,
      env: {
        ...options.environment,
        ...denoEnvironment(options.projectDir),
        EDGE_LAUNCH: JSON.stringify({ nonce, scratch: options.scratch }),
      },
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C reaches the whole process group; a worker ends when its requests are answered.
      detached: process.platform !== "win32",
    });
    // A worker that is already gone must not take the stack with it.
    this.#child.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      const over = () => {
        this.#isOver = true;
        resolve();
      };
      this.#child.once("close", over);
      this.#child.once("error", over);
    });
    this.listening = this.#watch(source.slug, nonce, options.log);
    this.listening.catch(() => undefined);
  }

  /** It was ended because its event loop had stopped turning. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Lets it finish what it does, for some time at most. */
  async stop(patience: number): Promise<void> {
    if (this.#isOver) return;
    this.#child.stdin?.write("drain\n");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), patience);
    await this.ended;
    clearTimeout(force);
  }

  /** Ends it when not even the runtime gets an answer in time: an endless loop would block it for ever. */
  async endIfStuck(timeout: number): Promise<void> {
    const port = await this.listening;
    const url = `http://127.0.0.1:${port}/_internal/health`;
    const probe = get(url, { agent: false, timeout }, (answer) => answer.resume());
    probe.once("timeout", () => {
      this.#isStuck = true;
      this.#child.kill("SIGKILL");
      probe.destroy();
    });
    probe.once("error", () => undefined);
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
          if (said.length < 40) said.push(line.slice(0, longestLine));
          log[level]({ function: slug }, line.slice(0, longestLine));
        });
      };
      lines(this.#child.stdout, "info");
      lines(this.#child.stderr, "error");
      this.#child.once("error", reject);
      this.#child.once("close", () => {
        clearTimeout(late);
        reject(new Error(said.join("\n") || "It ended without calling Deno.serve."));
      });
    });
  }
}

/** What the hosted runtime allows: the network, no subprocesses, no native code, files of its own. */
function command(source: FunctionSource, options: WorkerOptions): readonly string[] {
  const readable = [
    functionsFolder(options.projectDir),
    denoCache(options.projectDir),
    options.scratch,
  ];
  return [
    ...leash(),
    denoBinary(),
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    ...configFlags(source),
    "--allow-net",
    "--allow-env",
    "--allow-sys=hostname",
    `--allow-read=${readable.join(",")}`,
    `--allow-write=${options.scratch}`,
    // A request's signal tells that the client went away, and nothing else.
    "--unstable-no-legacy-abort",
    "--v8-flags=--max-old-space-size=256",
    `--preload=${shim}`,
    source.entrypoint,
  ];
}
