import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Launched } from "../process/process-run.ts";
import { programFile } from "../process/program-file.ts";
import { denoBinary, denoCache, denoEnvironment, killWithParent } from "./deno.ts";
import { configFlags, type FunctionSource, functionsFolder } from "./project-functions.ts";

const shim = fileURLToPath(programFile("./worker", import.meta.url));
const maxLineLength = 10_000;
/** Maximum number of lines kept to explain why a worker did not start. */
const maxKeptLines = 40;

export interface WorkerOptions {
  readonly projectDir: string;
  /** The folder that this function may write to. */
  readonly scratch: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: Logger;
}

/** Starts a Deno process that runs one function. What it prints goes to the log. */
export function launchWorker(source: FunctionSource, options: WorkerOptions): Launched<Worker> {
  const nonce = randomBytes(16).toString("hex");
  mkdirSync(options.scratch, { recursive: true });
  const [program = "", ...args] = command(source, options);
  const child = spawn(program, args, {
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
  // Ignore write errors of a worker that has already ended.
  child.stdin.on("error", () => undefined);

  const printed: string[] = [];
  const ready = new Promise<Worker>((resolve) => {
    const read = (stream: NodeJS.ReadableStream, level: "info" | "error") =>
      createInterface({ input: stream }).on("line", (line) => {
        if (line.startsWith(`${nonce} `)) {
          resolve(new Worker(child, Number(line.slice(nonce.length + 1))));
          return;
        }
        if (printed.length < maxKeptLines) printed.push(line.slice(0, maxLineLength));
        options.log[level]({ function: source.slug }, line.slice(0, maxLineLength));
      });
    read(child.stdout, "info");
    read(child.stderr, "error");
  });
  return {
    child,
    ready: () => ready,
    reason: () => printed.join("\n") || "It ended without calling Deno.serve.",
    end: () => void child.stdin.write("drain\n"),
  };
}

/** A Deno process that serves its function. */
export class Worker {
  readonly port: number;
  readonly #child: ChildProcess;
  #isStuck = false;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Whether it was ended because its event loop was blocked. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Kills the worker if its event loop does not respond within `timeout` milliseconds, as in an endless loop. */
  endIfStuck(timeout: number): void {
    const url = `http://127.0.0.1:${this.port}/_internal/health`;
    const probe = get(url, { agent: false, timeout }, (answer) => answer.resume());
    probe.once("timeout", () => {
      this.#isStuck = true;
      this.#child.kill("SIGKILL");
      probe.destroy();
    });
    probe.once("error", () => undefined);
  }
}

/** Returns the Deno command with the hosted runtime's permissions: network and own files, no subprocesses. */
function command(source: FunctionSource, options: WorkerOptions): readonly string[] {
  const readable = [
    functionsFolder(options.projectDir),
    denoCache(options.projectDir),
    options.scratch,
  ];
  return [
    ...killWithParent(),
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
    // A request's signal is aborted only when the client disconnects.
    "--unstable-no-legacy-abort",
    "--v8-flags=--max-old-space-size=256",
    `--preload=${shim}`,
    source.entrypoint,
  ];
}
