import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import type { Part, PartHealth } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { mailApp } from "./app.ts";
import { MailStore } from "./store.ts";

/** The mail capture: stores and shows the emails that the stack sends. No email leaves this machine. */
export class MailCapture implements Part {
  readonly name = "mail";
  readonly #settings: Settings;
  readonly #store: MailStore;
  #server: ServerType | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#store = new MailStore(join(settings.dataDir, "mail"));
  }

  async start(): Promise<void> {
    await this.#store.open();
    const port = this.#settings.ports.mail;
    const app = mailApp(this.#store, this.#settings.mailUrl);
    await new Promise<void>((resolve, reject) => {
      const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, () => {
        this.#server = server;
        resolve();
      });
      server.once("error", (error: NodeJS.ErrnoException) => {
        const message = `Port ${port} (mail) is in use by another program. Stop that program, or choose another port with --mail-port.`;
        reject(error.code === "EADDRINUSE" ? new Error(message) : error);
      });
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    if ("closeAllConnections" in server) server.closeAllConnections();
    await closed;
    await this.#store.flush();
  }

  health(): PartHealth {
    return { state: this.#server === undefined ? "stopped" : "healthy", restarts: 0 };
  }
}
