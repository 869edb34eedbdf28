import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import { Forwarder } from "../http/forwarder.ts";
import { endToEnd, single } from "../http/headers.ts";
import { keepAliveTimeout } from "../http/idle.ts";
import type { Part, PartHealth } from "../parts.ts";
import { NotServing } from "../process/supervisor.ts";
import type { Settings } from "../settings.ts";
import type { EdgeFunction } from "./edge-function.ts";
import {
  bootError,
  type ErrorResponse,
  idleTimeout,
  respondWithError,
  unauthorized,
  workerError,
  workerLimit,
} from "./error-responses.ts";
import { FunctionSet } from "./function-set.ts";
import { functionsFolder } from "./project-functions.ts";
import { JwtCheck } from "./verify-jwt.ts";
import { watchFolder } from "./watch-folder.ts";

/** In milliseconds. */
export interface Limits {
  /** How long a function may take until its response begins. */
  readonly idle: number;
  /** Interval at which the event loop of a worker is checked while it has not responded. */
  readonly check: number;
  /** How long the event loop may take to respond to that check. */
  readonly turn: number;
}

/** The first is the hosted time limit; the others stand in for the hosted limit on processor time. */
const defaults: Limits = { idle: 150_000, check: 10_000, turn: 5000 };

/** Serves `supabase/functions` under `/<slug>/…`, each function in its own Deno process. */
export class FunctionsRuntime implements Part {
  readonly name = "functions";
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #jwt: JwtCheck;
  readonly #limits: Limits;
  readonly #functions: FunctionSet;
  readonly #forwarder = new Forwarder();
  #server: Server | undefined;
  #unwatch = async (): Promise<void> => undefined;

  constructor(settings: Settings, log: Logger, limits: Limits = defaults) {
    this.#limits = limits;
    this.#settings = settings;
    this.#log = log;
    this.#jwt = new JwtCheck(settings.keys.jwtSecret, settings.ports.internal.auth);
    this.#functions = new FunctionSet(settings, log);
  }

  /** Resolves when it listens. The workers are started in the background. */
  async start(): Promise<void> {
    const server = createServer(
      { requestTimeout: 0, keepAliveTimeout },
      (request, response) => void this.#serve(request, response),
    );
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#settings.ports.internal.functions, "127.0.0.1", resolve);
    });
    this.#server = server;
    await this.#functions.start();
    await this.#watch();
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    await this.#unwatch();
    const closed = new Promise((resolve) => server.close(resolve));
    await this.#functions.stop();
    server.closeAllConnections();
    await closed;
    this.#forwarder.close();
  }

  health(): PartHealth {
    const health = this.#functions.health();
    return this.#server === undefined ? { ...health, state: "stopped" } : health;
  }

  async #watch(): Promise<void> {
    const folder = functionsFolder(this.#settings.projectDir);
    if (!existsSync(folder)) return;
    const unwatched = ({ message }: Error) =>
      this.#log.warn(`Changes to functions are not detected (${message}). Restart after a change.`);
    this.#unwatch = await watchFolder(folder, (names) => void this.#reload(names), unwatched);
  }

  async #reload(changed: ReadonlySet<string>): Promise<void> {
    this.#log.info({ changed: [...changed] }, "reloading");
    await this.#functions.reload(changed).catch((error) => this.#log.error(error));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const slug = /^\/([^/?]*)/.exec(request.url ?? "")?.[1] ?? "";
    const target = this.#functions.get(slug);
    if (target === undefined) {
      response.writeHead(404, { "content-type": "text/plain" }).end("Function not found");
      request.resume();
      return;
    }
    if (target.source.verifyJwt && request.method !== "OPTIONS") {
      const error = await this.#jwt.check(request.headers);
      if (error !== undefined) {
        respondWithError(request, response, unauthorized(error));
        return;
      }
    }
    const failure = await this.#forward(request, response, target);
    if (failure !== undefined) respondWithError(request, response, failure);
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    target: EdgeFunction,
  ): Promise<ErrorResponse | undefined> {
    const { idle, check, turn } = this.#limits;
    try {
      const worker = await target.worker();
      const watch = setInterval(() => worker.endIfStuck(turn), check);
      const failure = await this.#forwarder
        .forward(request, response, {
          port: worker.port,
          path: request.url ?? "/",
          headers: functionHeaders(request),
          responseHeaders: endToEnd,
          timeout: idle,
        })
        .finally(() => clearInterval(watch));
      if (failure === "silent") return idleTimeout;
      if (failure === undefined) return undefined;
      return worker.isStuck ? workerLimit : workerError;
    } catch (error) {
      if (!(error instanceof NotServing)) this.#log.error(error);
      return error instanceof NotServing && error.hasFailed ? bootError : workerError;
    }
  }
}

/** Returns the headers for a function: with the client's host, and without those meant only for this runtime. */
function functionHeaders(request: IncomingMessage): ReturnType<typeof endToEnd> {
  const { "sb-api-key": _, ...headers } = endToEnd(request.headers);
  const host = single(request.headers, "x-forwarded-host");
  return host === undefined || host === "" ? headers : { ...headers, host };
}
