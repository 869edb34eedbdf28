import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as open,
  type ServerResponse,
} from "node:http";

/** Where a request goes, and how. */
export interface Hop {
  readonly port: number;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** The client's headers of an answer, made from the upstream's. */
  readonly answer: (upstream: IncomingHttpHeaders) => OutgoingHttpHeaders;
  /** Milliseconds without a byte either way before the answer begins. */
  readonly timeout: number;
}

/** Why an upstream gave no answer. */
export type Failure = "unreachable" | "silent";

class SilentError extends Error {}

/** Hands requests on and streams both ways; nothing is held in memory. */
export class Forwarder {
  // Idle connections are closed before any upstream would, so that none is used that has just died.
  readonly #agent = new Agent({ keepAlive: true, timeout: 4000, maxSockets: 1024 });

  close(): void {
    this.#agent.destroy();
  }

  /** Resolves when the answer has been sent or given up, or with the reason why there was none. */
  forward(
    request: IncomingMessage,
    response: ServerResponse,
    hop: Hop,
  ): Promise<Failure | undefined> {
    return new Promise((resolve) => {
      if (response.destroyed) {
        resolve(undefined);
        return;
      }
      const upstream = this.#open(request, hop);
      let answered = false;
      upstream.once("timeout", () => upstream.destroy(new SilentError()));
      upstream.on("error", (error) => {
        // Once the answer has begun, its own stream tells whether it is whole.
        if (answered) return;
        if (response.destroyed) resolve(undefined);
        else if (isStale(upstream, error)) resolve(this.forward(request, response, hop));
        else resolve(error instanceof SilentError ? "silent" : "unreachable");
      });
      upstream.once("response", (answer) => {
        answered = true;
        upstream.setTimeout(0);
        deliver(answer, response, hop);
        answer.once("end", () => letGo(request, upstream));
      });
      response.once("close", () => {
        if (!response.writableFinished) upstream.destroy();
        if (response.headersSent) resolve(undefined);
      });
      if (hasBody(request)) request.pipe(upstream);
      else upstream.end();
    });
  }

  #open(request: IncomingMessage, hop: Hop): ClientRequest {
    // Without it, Node would send a DELETE's body unframed.
    const chunked = request.headers["transfer-encoding"] !== undefined;
    return open({
      host: "127.0.0.1",
      port: hop.port,
      method: request.method,
      path: hop.path,
      headers: chunked ? { ...hop.headers, "transfer-encoding": "chunked" } : hop.headers,
      agent: this.#agent,
      timeout: hop.timeout,
    });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** A kept connection that the upstream had closed: asking again is safe when asking changes nothing. */
function isStale(upstream: ClientRequest, error: NodeJS.ErrnoException): boolean {
  const repeatable = upstream.method === "GET" || upstream.method === "HEAD";
  return upstream.reusedSocket && repeatable && error.code === "ECONNRESET";
}

function deliver(answer: IncomingMessage, response: ServerResponse, hop: Hop): void {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, hop.answer(answer.headers));
  // Server-sent events must reach the client before the first byte of the body exists.
  if (answer.headers["content-length"] === undefined) response.flushHeaders();
  // Cutting the connection is the only way left to say that the body is not complete.
  answer.once("error", () => response.destroy());
  answer.pipe(response);
}

/** An upstream that answers without reading the whole body must not keep the client sending to it. */
function letGo(request: IncomingMessage, upstream: ClientRequest): void {
  if (upstream.writableEnded) return;
  request.unpipe(upstream);
  request.resume();
  upstream.destroy();
}
