import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as open,
  type ServerResponse,
} from "node:http";

/** How to forward a request to an upstream on this machine. */
export interface Hop {
  readonly port: number;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Returns the response headers for the client, from those of the upstream. */
  readonly responseHeaders: (upstream: IncomingHttpHeaders) => OutgoingHttpHeaders;
  /** Milliseconds without a byte in either direction, until the response begins. */
  readonly timeout: number;
}

/** Why there is no response: the upstream cannot be reached, or it was silent for too long. */
export type Failure = "unreachable" | "silent";

class SilentError extends Error {}

/** Forwards requests and streams in both directions, without buffering. */
export class Forwarder {
  // Closes idle connections long before the upstreams do, so that no request uses a closed connection.
  readonly #agent = new Agent({ keepAlive: true, timeout: 4000, maxSockets: 1024 });

  close(): void {
    this.#agent.destroy();
  }

  /** Resolves when the response is sent or aborted. Returns a failure if the upstream did not respond. */
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
      let hasResponse = false;
      const onClose = () => {
        if (!response.writableFinished) upstream.destroy();
        if (response.headersSent) resolve(undefined);
      };
      response.once("close", onClose);
      upstream.once("timeout", () => upstream.destroy(new SilentError()));
      upstream.on("error", (error) => {
        // After the response has begun, its own stream reports errors.
        if (hasResponse) return;
        // The caller can retry with the same response, so this attempt must not leave its listener.
        response.off("close", onClose);
        if (response.destroyed) resolve(undefined);
        else if (isStale(upstream, error)) resolve(this.forward(request, response, hop));
        else resolve(error instanceof SilentError ? "silent" : "unreachable");
      });
      upstream.once("response", (upstreamResponse) => {
        hasResponse = true;
        upstream.setTimeout(0);
        deliver(upstreamResponse, response, hop);
        upstreamResponse.once("end", () => stopUpload(request, upstream));
      });
      if (hasBody(request)) request.pipe(upstream);
      else upstream.end();
    });
  }

  #open(request: IncomingMessage, hop: Hop): ClientRequest {
    // Set explicitly, because Node sends the body of a DELETE without framing otherwise.
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

/** Whether the upstream had closed a reused connection. Only GET and HEAD are safe to repeat. */
function isStale(upstream: ClientRequest, error: NodeJS.ErrnoException): boolean {
  const repeatable = upstream.method === "GET" || upstream.method === "HEAD";
  return upstream.reusedSocket && repeatable && error.code === "ECONNRESET";
}

function deliver(upstream: IncomingMessage, response: ServerResponse, hop: Hop): void {
  const { statusCode = 502, statusMessage, headers } = upstream;
  response.writeHead(statusCode, statusMessage, hop.responseHeaders(headers));
  // The headers of an event stream must reach the client before the first byte of its body.
  if (headers["content-length"] === undefined) response.flushHeaders();
  // The headers are sent, so only a closed connection shows the client that the body is incomplete.
  upstream.once("error", () => response.destroy());
  upstream.pipe(response);
}

/** Stops sending a body that the upstream did not read to the end, and discards the rest of it. */
function stopUpload(request: IncomingMessage, upstream: ClientRequest): void {
  if (upstream.writableEnded) return;
  request.unpipe(upstream);
  request.resume();
  upstream.destroy();
}
