import { type FSWatcher, watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Logger } from "pino";
import { Forwarder } from "../http/forwarder.ts";
import { endToEnd } from "../http/headers.ts";
import type { Part, PartHealth } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { BootError, EdgeFunction } from "./edge-function.ts";
import { functionEnvironment } from "./environment.ts";
import { cacheFunctions } from "./prepare.ts";
import { type FunctionSource, findFunctions, functionsFolder } from "./project-functions.ts";
import { JwtCheck } from "./verify-jwt.ts";
import { WorkerProcess } from "./worker-process.ts";

/** Serves `supabase/functions` under `/<slug>/…`, each function in a Deno process of its own. */
export class FunctionsRuntime implements Part {
  readonly name = "functions";
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #jwt: JwtCheck;
  readonly #forwarder = new Forwarder();
  readonly #functions = new Map<string, EdgeFunction>();
  #server: Server | undefined;
  #watcher: FSWatcher | undefined;
  #changed = new Set<string>();
  #pause: NodeJS.Timeout | undefined;

  constructor(settings: Settings, log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#jwt = new JwtCheck(settings.keys.jwtSecret, settings.ports.internal.auth);
  }

  /** Resolves when it listens; the workers boot meanwhile and a first request waits for its own. */
  async start(): Promise<void> {
    await mkdir(this.#scratch, { recursive: true });
    for (const source of await this.#sources()) this.#add(source);
    const server = createServer((request, response) => void this.#serve(request, response));
    server.requestTimeout = 0;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#settings.ports.internal.functions, "127.0.0.1", resolve);
    });
    void this.#bootAll();
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#watcher?.close();
    clearTimeout(this.#pause);
    const server = this.#server;
    this.#server = undefined;
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
    if (server !== undefined) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    this.#forwarder.close();
  }

  health(): PartHealth {
    const all = [...this.#functions.values()];
    const restarts = all.reduce((sum, each) => sum + each.restarts, 0);
    if (this.#server === undefined) return { state: "stopped", restarts };
    const broken = all.filter((each) => each.state === "failed");
    if (broken.length === 0) return { state: "healthy", restarts };
    const names = broken.map((each) => each.source.slug).join(", ");
    return { state: "failed", restarts, detail: `does not boot: ${names}; see the log` };
  }

  get #scratch(): string {
    return join(this.#settings.dataDir, "functions");
  }

  #sources(): Promise<readonly FunctionSource[]> {
    return findFunctions(this.#settings.projectDir, this.#settings.config.functions);
  }

  #add(source: FunctionSource): EdgeFunction {
    const spawn = async (current: FunctionSource) =>
      new WorkerProcess(current, {
        projectDir: this.#settings.projectDir,
        scratch: this.#scratch,
        environment: await functionEnvironment(this.#settings, current.slug),
        log: this.#log,
      });
    const added = new EdgeFunction(source, spawn, this.#log);
    this.#functions.set(source.slug, added);
    return added;
  }

  async #bootAll(): Promise<void> {
    await this.#cache();
    await Promise.allSettled([...this.#functions.values()].map((each) => each.port()));
  }

  async #cache(): Promise<void> {
    await cacheFunctions(this.#settings.projectDir).catch((error) => {
      this.#log.error(error instanceof Error ? error.message : String(error));
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const slug = /^\/([^/?]*)/.exec(request.url ?? "")?.[1] ?? "";
    const wanted = this.#functions.get(slug);
    if (wanted === undefined) {
      response.writeHead(404, { "content-type": "text/plain" }).end("Function not found");
      request.resume();
      return;
    }
    if (wanted.source.verifyJwt && request.method !== "OPTIONS") {
      const refusal = await this.#jwt.refusal(request.headers);
      if (refusal !== undefined) {
        const body = { ...refusal, msg: refusal.message };
        answer(request, response, 401, body, { "sb-error-code": refusal.code });
        return;
      }
    }
    await this.#hand(request, response, wanted);
  }

  async #hand(
    request: IncomingMessage,
    response: ServerResponse,
    wanted: EdgeFunction,
  ): Promise<void> {
    try {
      const headers = endToEnd(request.headers);
      delete headers["sb-api-key"];
      const failure = await this.#forwarder.forward(request, response, {
        port: await wanted.port(),
        path: request.url ?? "/",
        headers,
        answer: endToEnd,
        timeout: 150_000,
      });
      if (failure === "silent") {
        answer(request, response, 504, failures.silent);
      } else if (failure === "unreachable") {
        answer(request, response, 503, failures.worker, { "retry-after": "1" });
      }
    } catch (error) {
      if (!(error instanceof BootError)) this.#log.error(error);
      answer(request, response, 503, failures.boot, { "retry-after": "2" });
    }
  }

  #watch(): void {
    const folder = functionsFolder(this.#settings.projectDir);
    try {
      this.#watcher = watch(folder, { recursive: true }, (_event, file) => {
        if (file === null || /\.test\.ts$|(^|\/)\.git|~$|\.sw.$/.test(file)) return;
        this.#changed.add(file.split(/[\\/]/)[0] ?? "");
        // Editors write in several steps.
        clearTimeout(this.#pause);
        this.#pause = setTimeout(() => void this.#reload(), 150);
      });
    } catch {
      this.#log.warn("supabase/functions can't be watched: changes need a restart.");
    }
  }

  /** Replaces the functions whose folder changed; a change of shared code or `.env` concerns them all. */
  async #reload(): Promise<void> {
    const changed = this.#changed;
    this.#changed = new Set();
    const sources = await this.#sources();
    const shared = [...changed].some((name) => !sources.some((source) => source.slug === name));
    await this.#cache();
    for (const source of sources) {
      const known = this.#functions.get(source.slug);
      if (known === undefined)
        this.#add(source)
          .port()
          .catch(() => undefined);
      else if (shared || changed.has(source.slug)) await known.reload(source);
    }
    for (const [slug, each] of this.#functions) {
      if (sources.some((source) => source.slug === slug)) continue;
      this.#functions.delete(slug);
      await each.stop();
    }
    this.#log.info({ changed: [...changed] }, "reloaded");
  }
}

const failures = {
  boot: { code: "BOOT_ERROR", message: "The function does not boot; its log says why." },
  worker: {
    code: "WORKER_ERROR",
    message: "The function ended while it worked; it is started again.",
  },
  silent: { code: "WORKER_TIMEOUT", message: "The function did not answer within 150 s." },
} as const;

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    "content-type": "application/json",
    "access-control-allow-origin": "*",
    ...headers,
  });
  response.end(JSON.stringify(body));
  request.resume();
}
