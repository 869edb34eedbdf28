import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as open,
  type ServerResponse,
} from "node:http";
import { endToEnd } from "./headers.ts";

export interface Hop {
  readonly port: number;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Headers of ours on the answer; they win over the upstream's. */
  readonly answer: OutgoingHttpHeaders;
  readonly timeout: number;
}

/** Why an upstream gave no answer. */
export type Failure = "unreachable" | "silent";

/** Hands requests on and streams both ways; nothing is held in memory. */
export class Forwarder {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 512, scheduling: "lifo" });

  close(): void {
    this.#agent.destroy();
  }

  /** Resolves when the answer has been sent, or with the reason why there was none. */
  forward(
    request: IncomingMessage,
    response: ServerResponse,
    hop: Hop,
  ): Promise<Failure | undefined> {
    return new Promise((resolve) => {
      const upstream = open({
        host: "127.0.0.1",
        port: hop.port,
        method: request.method,
        path: hop.path,
        headers: hop.headers,
        agent: this.#agent,
        timeout: hop.timeout,
      });
      upstream.once("timeout", () => upstream.destroy(new SilentError()));
      upstream.once("error", (error) => {
        if (response.headersSent || response.destroyed) {
          // Cutting the connection is the only way left to say that the body is not complete.
          response.destroy();
          resolve(undefined);
        } else {
          resolve(error instanceof SilentError ? "silent" : "unreachable");
        }
      });
      upstream.once("response", (answer) =>
        deliver(request, response, answer, hop.answer, resolve),
      );
      abandonWithClient(response, upstream);
      request.pipe(upstream);
    });
  }
}

class SilentError extends Error {}

function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  answer: IncomingMessage,
  ours: OutgoingHttpHeaders,
  done: (failure: undefined) => void,
): void {
  response.writeHead(answer.statusCode ?? 502, { ...endToEnd(answer.headers), ...ours });
  // Server-sent events must reach the client before the first byte of the body exists.
  response.flushHeaders();
  answer.once("error", () => response.destroy());
  response.once("close", () => done(undefined));
  answer.pipe(response);
  // An upstream that answers without reading the body must not keep the client sending.
  answer.once("end", () => request.unpipe());
}

function abandonWithClient(response: ServerResponse, upstream: ClientRequest): void {
  response.once("close", () => {
    if (!response.writableFinished) upstream.destroy();
  });
}
