import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { type Failure, Forwarder, type Hop } from "../http/forwarder.ts";
import { clientAddress, endToEnd, forwarded, requestId } from "../http/headers.ts";
import type { Part, PartHealth } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { preflight, readable } from "./cors.ts";
import { exchange, leaksSecret } from "./keys.ts";
import { ownAnswers } from "./own-answers.ts";
import { refuse, secretInBrowser, unanswered } from "./refusals.ts";
import { type Destination, pathOf, route } from "./routes.ts";
import { unfiltered } from "./unfiltered.ts";
import { isWebSocket, Tunnels } from "./upgrades.ts";

type HealthOf = () => Readonly<Record<string, PartHealth>>;

/** The one public door: finds the upstream, exchanges keys for tokens, streams, logs. */
export class Gateway implements Part {
  readonly name = "gateway";
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #answerOwn: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly #forwarder = new Forwarder();
  readonly #tunnels = new Tunnels();
  #server: Server | undefined;

  constructor(settings: Settings, log: Logger, healthOf: HealthOf) {
    this.#settings = settings;
    this.#log = log;
    this.#answerOwn = getRequestListener(ownAnswers(healthOf).fetch, {
      overrideGlobalObjects: false,
    });
  }

  start(): Promise<void> {
    const { api } = this.#settings.ports;
    const server = createServer(
      // Uploads may take longer than any default; silence is bounded per upstream instead. Anything but
      // a WebSocket (Java offers HTTP/2 this way) is an ordinary request.
      { requestTimeout: 0, shouldUpgradeCallback: isWebSocket },
      (request, response) => void this.#serve(request, response),
    );
    server.on("upgrade", (request, socket) => this.#tunnels.carry(this.#settings, request, socket));
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const taken = `Port ${api} (API) is taken by another program. Stop that one, or choose another port with --port.`;
        reject(error.code === "EADDRINUSE" ? new Error(taken) : error);
      });
      server.listen(api, "127.0.0.1", () => {
        this.#server = server;
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    this.#tunnels.close();
    const force = setTimeout(() => server.closeAllConnections(), 1000);
    await closed;
    clearTimeout(force);
    this.#forwarder.close();
  }

  health(): PartHealth {
    return { state: this.#server === undefined ? "stopped" : "healthy", restarts: 0 };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = requestId(request.headers);
    response.setHeader("x-request-id", id);
    this.#logWhenDone(request, response, id);
    const to = route(request.url ?? "/");
    if (request.method === "OPTIONS" && to?.ownCors !== true) {
      response.writeHead(200, preflight(request.headers)).end();
    } else if (leaksSecret(request.headers, this.#settings.keys)) {
      refuse(request, response, secretInBrowser);
    } else if (to === undefined) {
      response.setHeaders(
        new Map(Object.entries(readable(request.headers, {}))) as Map<string, string>,
      );
      await this.#answerOwn(request, response);
    } else {
      await this.#hand(request, response, to, id);
    }
  }

  async #hand(
    request: IncomingMessage,
    response: ServerResponse,
    to: Destination,
    id: string,
  ): Promise<void> {
    const careless = unfiltered(request.method, to);
    if (careless !== undefined) {
      refuse(request, response, careless);
      return;
    }
    const failure = await this.#forward(request, response, to, {
      port: this.#settings.ports.internal[to.upstream],
      path: to.target,
      timeout: to.timeout,
      headers: {
        ...endToEnd(request.headers),
        ...forwarded(request, to.root),
        ...this.#credentials(request, to),
        "x-request-id": id,
      },
      answer: (upstream) => {
        const headers = { ...endToEnd(upstream), "x-request-id": id };
        return to.ownCors ? headers : readable(request.headers, headers);
      },
    });
    if (failure !== undefined) refuse(request, response, unanswered(to.root, failure));
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    to: Destination,
    hop: Hop,
  ): Promise<Failure | undefined> {
    const isRepeatable = request.method === "HEAD" || request.method === "GET";
    const deadline = performance.now() + (isRepeatable ? to.patience : 0);
    for (;;) {
      const failure = await this.#forwarder.forward(request, response, hop);
      if (failure !== "unreachable" || performance.now() >= deadline) return failure;
      await pause(100);
    }
  }

  #credentials(request: IncomingMessage, { keys }: Destination): Record<string, string> {
    if (keys === "open") return {};
    const token = exchange(request.headers, this.#settings.keys);
    // The caller must not be able to set this header itself.
    if (keys === "beside") return { "sb-api-key": token ?? "" };
    return token === undefined ? {} : { authorization: token };
  }

  /** One line a request, without anything that could hold a secret. */
  #logWhenDone(request: IncomingMessage, response: ServerResponse, id: string): void {
    const began = performance.now();
    const client = clientAddress(request);
    response.once("close", () => {
      this.#log.info({
        id,
        client,
        method: request.method,
        path: pathOf(request.url ?? "/").slice(0, 500),
        // What nginx calls it when the client went away before the answer was complete.
        status: response.writableFinished ? response.statusCode : 499,
        ms: Math.round(performance.now() - began),
      });
    });
  }
}
