import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";

/** A test server in place of a service of the stack. Records the requests it receives. */
export class Upstream {
  readonly seen: IncomingMessage[] = [];
  #answer: RequestListener = (_request, response) => response.end("{}");
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.seen.push(request);
      this.#answer(request, response);
    });
  }

  get last(): IncomingMessage {
    const request = this.seen.at(-1);
    if (request === undefined) throw new Error("The upstream received no request.");
    return request;
  }

  answers(listener: RequestListener): void {
    this.#answer = listener;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
