import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { type Failure, Forwarder, type Hop } from "../http/forwarder.ts";
import { clientAddress, endToEnd, forwarded, requestId } from "../http/headers.ts";
import { keepAliveTimeout } from "../http/idle.ts";
import type { Part, PartHealth } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { preflight, withCors } from "./cors.ts";
import { respondWithError, secretInBrowser, upstreamError } from "./error-responses.ts";
import { authorizationFor, isSecretKeyInBrowser } from "./keys.ts";
import { ownRoutes } from "./own-routes.ts";
import { type Destination, pathOf, route } from "./routes.ts";
import { unfilteredWriteError } from "./unfiltered-writes.ts";
import { withoutStoring } from "./unstored.ts";
import { isWebSocket, Tunnels } from "./websockets.ts";

type HealthOf = () => Readonly<Record<string, PartHealth>>;

/** The public HTTP server: routes requests to the services, exchanges API keys for JWTs, streams, logs. */
export class Gateway implements Part {
  readonly name = "gateway";
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #serveOwn: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly #forwarder = new Forwarder();
  readonly #tunnels = new Tunnels();
  #server: Server | undefined;

  constructor(settings: Settings, log: Logger, healthOf: HealthOf) {
    this.#settings = settings;
    this.#log = log;
    this.#serveOwn = getRequestListener(ownRoutes(healthOf).fetch, {
      overrideGlobalObjects: false,
    });
  }

  start(): Promise<void> {
    const { host, ports } = this.#settings;
    const { api } = ports;
    const server = createServer(
      // Uploads have no time limit; each route limits how long its upstream can stay silent. Upgrades to
      // anything but WebSocket are ignored: Java clients offer HTTP/2 this way.
      { requestTimeout: 0, keepAliveTimeout, shouldUpgradeCallback: isWebSocket },
      (request, response) => void this.#serve(request, response),
    );
    server.on("upgrade", (request, socket) => this.#tunnels.carry(this.#settings, request, socket));
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const message = `Port ${api} (API) is in use by another program. Stop that program, or choose another port with --port.`;
        reject(error.code === "EADDRINUSE" ? new Error(message) : error);
      });
      server.listen(api, host, () => {
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
    const destination = route(request.url ?? "/");
    if (request.method === "OPTIONS" && destination?.ownCors !== true) {
      response.writeHead(200, preflight(request.headers)).end();
    } else if (isSecretKeyInBrowser(request.headers, this.#settings.keys)) {
      respondWithError(request, response, secretInBrowser);
    } else if (destination === undefined) {
      response.setHeaders(
        new Map(Object.entries(withCors(request.headers, withoutStoring({})))) as Map<
          string,
          string
        >,
      );
      await this.#serveOwn(request, response);
    } else {
      await this.#proxy(request, response, destination, id);
    }
  }

  async #proxy(
    request: IncomingMessage,
    response: ServerResponse,
    destination: Destination,
    id: string,
  ): Promise<void> {
    const rejection = unfilteredWriteError(request.method, destination);
    if (rejection !== undefined) {
      respondWithError(request, response, rejection);
      return;
    }
    const failure = await this.#forward(request, response, destination, {
      port: this.#settings.ports.internal[destination.upstream],
      path: destination.target,
      timeout: destination.timeout,
      headers: {
        ...endToEnd(request.headers),
        ...forwarded(request, destination.root, this.#settings),
        ...this.#credentials(request, destination),
        "x-request-id": id,
      },
      responseHeaders: (upstream) => {
        const headers = { ...endToEnd(upstream), "x-request-id": id };
        // A function sets its own headers, as on hosted Supabase.
        if (destination.upstream === "functions") return headers;
        return withCors(request.headers, withoutStoring(headers));
      },
    });
    if (failure !== undefined) {
      respondWithError(request, response, upstreamError(destination.root, failure));
    }
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    destination: Destination,
    hop: Hop,
  ): Promise<Failure | undefined> {
    const isReadOnly = request.method === "HEAD" || request.method === "GET";
    const deadline = performance.now() + (isReadOnly ? destination.retryFor : 0);
    for (;;) {
      const failure = await this.#forwarder.forward(request, response, hop);
      if (failure !== "unreachable" || performance.now() >= deadline) return failure;
      await pause(100);
    }
  }

  #credentials(request: IncomingMessage, { keys }: Destination): Record<string, string> {
    if (keys === "none") return {};
    const token = authorizationFor(request.headers, this.#settings.keys);
    // Always set, so that the caller cannot choose the value of this header.
    if (keys === "separate-header") return { "sb-api-key": token ?? "" };
    return token === undefined ? {} : { authorization: token };
  }

  /** Logs one line per request. Excludes query, headers and body, because they can contain secrets. */
  #logWhenDone(request: IncomingMessage, response: ServerResponse, id: string): void {
    const startedAt = performance.now();
    const client = clientAddress(request, this.#settings);
    response.once("close", () => {
      this.#log.info({
        id,
        client,
        method: request.method,
        path: pathOf(request.url ?? "/").slice(0, 500),
        // 499 is nginx's status for a client that disconnected before the response was complete.
        status: response.writableFinished ? response.statusCode : 499,
        ms: Math.round(performance.now() - startedAt),
      });
    });
  }
}
