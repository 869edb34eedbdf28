import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import { type Failure, Forwarder } from "../http/forwarder.ts";
import { endToEnd, forwarded, requestId } from "../http/headers.ts";
import type { Part, PartHealth } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { preflight, readable } from "./cors.ts";
import { exchange } from "./keys.ts";
import { type Missing, route, type Upstream } from "./routes.ts";

type HealthOf = () => Readonly<Record<string, PartHealth>>;

/** The one public door: finds the upstream, exchanges keys for tokens, streams, logs. */
export class Gateway implements Part {
  readonly name = "gateway";
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #healthOf: HealthOf;
  readonly #forwarder = new Forwarder();
  #server: Server | undefined;

  constructor(settings: Settings, log: Logger, healthOf: HealthOf) {
    this.#settings = settings;
    this.#log = log;
    this.#healthOf = healthOf;
  }

  start(): Promise<void> {
    const { api } = this.#settings.ports;
    const server = createServer((request, response) => void this.#serve(request, response));
    // Uploads may take longer than any default; silence is bounded per upstream instead.
    server.requestTimeout = 0;
    server.on("upgrade", (_request, socket) => {
      const body = JSON.stringify(notHere("Realtime"));
      socket.end(
        `HTTP/1.1 501 Not Implemented\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const taken = error.code === "EADDRINUSE";
        reject(
          taken ? new Error(`Port ${api} (API) is taken; choose another with --port.`) : error,
        );
      });
      server.listen(api, "127.0.0.1", resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    const force = setTimeout(() => server.closeAllConnections(), 2000);
    await closed;
    clearTimeout(force);
    this.#forwarder.close();
  }

  health(): PartHealth {
    return { state: this.#server === undefined ? "stopped" : "healthy", restarts: 0 };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const id = requestId(request.headers);
    const [path = ""] = (request.url ?? "/").split("?", 1);
    response.setHeader("x-request-id", id);
    response.once("close", () => {
      this.#log.info({
        id,
        method: request.method,
        // Without its query, which may hold tokens.
        path,
        status: response.writableFinished ? response.statusCode : 499,
        ms: Math.round(performance.now() - began),
      });
    });

    const target = route(request.url ?? "/", this.#settings.ports.internal);
    if (target !== undefined && "port" in target) {
      await this.#hand(request, response, target, id);
    } else if (request.method === "OPTIONS") {
      response.writeHead(200, preflight(request.headers)).end();
    } else if (path === "/health") {
      this.#answerHealth(request, response);
    } else {
      this.#answerHere(request, response, path, target);
    }
  }

  async #hand(
    request: IncomingMessage,
    response: ServerResponse,
    upstream: Upstream,
    id: string,
  ): Promise<void> {
    if (request.method === "OPTIONS" && !upstream.ownCors) {
      response.writeHead(200, preflight(request.headers)).end();
      return;
    }
    const failure = await this.#forwarder.forward(request, response, {
      port: upstream.port,
      path: upstream.path,
      timeout: upstream.timeout,
      headers: {
        ...endToEnd(request.headers),
        ...forwarded(request, `/${upstream.name}/v1`),
        ...this.#credentials(request, upstream),
        "x-request-id": id,
      },
      answer: {
        ...(upstream.ownCors ? {} : readable(request.headers)),
        "x-request-id": id,
      },
    });
    if (failure !== undefined) refuse(request, response, upstream, failure);
  }

  #credentials(request: IncomingMessage, upstream: Upstream): Record<string, string> {
    if (upstream.keys === "open") return {};
    const query = new URLSearchParams((request.url ?? "").split("?")[1] ?? "");
    const token = exchange(request.headers, query, this.#settings.keys);
    if (token === undefined) return {};
    return upstream.keys === "exchange" ? { authorization: token } : { "sb-api-key": token };
  }

  #answerHealth(request: IncomingMessage, response: ServerResponse): void {
    const parts = this.#healthOf();
    const ok = Object.values(parts).every((part) => part.state === "healthy");
    json(request, response, ok ? 200 : 503, { status: ok ? "ok" : "degraded", parts });
  }

  #answerHere(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    target: Missing | undefined,
  ): void {
    if (target !== undefined) {
      json(request, response, 501, notHere(target.missing));
    } else if (path === "/") {
      json(request, response, 200, { message: "A Supabase API.", health: "/health" });
    } else {
      json(request, response, 404, { code: "not_found", message: `Nothing answers at ${path}.` });
    }
  }
}

const notHere = (service: string) => ({
  code: "not_implemented",
  message: `The embedded stack has no ${service}.`,
});

const failures: Readonly<Record<Failure, readonly [number, string, string]>> = {
  unreachable: [
    503,
    "upstream_unreachable",
    "is not answering; it is started again, try in a moment",
  ],
  silent: [504, "upstream_timeout", "took too long to answer"],
};

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  failure: Failure,
): void {
  const [status, code, what] = failures[failure];
  response.setHeader("retry-after", "1");
  json(request, response, status, { code, message: `The part "${upstream.name}" ${what}.` });
}

function json(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  response.writeHead(status, {
    ...readable(request.headers),
    "content-type": "application/json",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
  // What the client still sends is of no interest, but the connection may be used again.
  request.resume();
}
