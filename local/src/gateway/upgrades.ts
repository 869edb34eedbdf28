import { type IncomingMessage, request as open } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { endToEnd, forwarded } from "../http/headers.ts";
import type { Settings } from "../settings.ts";
import { keyBehind } from "./keys.ts";
import { notHere } from "./own-answers.ts";
import { secretInBrowser, unanswered } from "./refusals.ts";

const root = "/realtime/v1";

export const isWebSocket = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === "websocket";

/** WebSockets outlive their request; whoever stops the gateway ends them. */
export class Tunnels {
  readonly #open = new Set<Duplex>();

  carry(settings: Settings, request: IncomingMessage, socket: Duplex): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    tunnel(settings, request, socket);
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/** Hands a WebSocket to Realtime, with the JWT behind the API key; then bytes pass both ways as they come. */
function tunnel(settings: Settings, request: IncomingMessage, socket: Duplex): void {
  // A client that is gone already is no error of ours.
  socket.on("error", () => undefined);
  const url = new URL(request.url ?? "/", "http://gateway");
  if (!url.pathname.startsWith(`${root}/`)) {
    answer(socket, 501, "Not Implemented", notHere(`A WebSocket at ${url.pathname}`));
    return;
  }
  const key = url.searchParams.get("apikey");
  const isBrowser = request.headers["user-agent"]?.startsWith("Mozilla/") === true;
  if (isBrowser && key === settings.keys.secretKey) {
    answer(socket, secretInBrowser.status, "Unauthorized", secretInBrowser.body);
    return;
  }
  if (key !== null) url.searchParams.set("apikey", keyBehind(key, settings.keys));

  const upstream = open({
    host: "127.0.0.1",
    port: settings.ports.internal.realtime,
    path: url.pathname.slice(root.length) + url.search,
    headers: {
      ...endToEnd(request.headers),
      ...forwarded(request, root),
      connection: "Upgrade",
      upgrade: "websocket",
    },
  });
  socket.once("close", () => upstream.destroy());
  upstream.once("upgrade", (response, other: Socket, rest: Buffer) => {
    other.on("error", () => socket.destroy());
    socket.on("error", () => other.destroy());
    other.setNoDelay(true);
    (socket as Socket).setNoDelay?.(true);
    socket.write(headOf(response));
    if (rest.length > 0) socket.write(rest);
    other.pipe(socket).pipe(other);
    other.once("close", () => socket.destroy());
    socket.once("close", () => other.destroy());
  });
  upstream.once("response", (response) => {
    socket.write(headOf(response));
    response.pipe(socket);
  });
  upstream.once("error", () => {
    const { status, body } = unanswered(root, "unreachable");
    answer(socket, status, "Service Unavailable", body);
  });
  upstream.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Said in HTTP, as long as that is still spoken. */
function answer(socket: Duplex, status: number, phrase: string, said: object): void {
  const body = JSON.stringify(said);
  socket.end(
    [
      `HTTP/1.1 ${status} ${phrase}`,
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
