import { type IncomingMessage, request as open } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { endToEnd, forwarded } from "../http/headers.ts";
import type { Settings } from "../settings.ts";
import { secretInBrowser, upstreamError } from "./error-responses.ts";
import { jwtForKey } from "./keys.ts";
import { notImplemented } from "./own-routes.ts";

const root = "/realtime/v1";

export const isWebSocket = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === "websocket";

/** Tracks open WebSockets, so that stopping the gateway can close them. */
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

/** Connects a WebSocket to Realtime, with the JWT for its API key, and pipes bytes in both directions. */
function tunnel(settings: Settings, request: IncomingMessage, socket: Duplex): void {
  // Ignore errors of clients that disconnect.
  socket.on("error", () => undefined);
  const url = new URL(request.url ?? "/", "http://gateway");
  if (!url.pathname.startsWith(`${root}/`)) {
    respond(socket, 501, "Not Implemented", notImplemented(`WebSockets at ${url.pathname}`));
    return;
  }
  const key = url.searchParams.get("apikey");
  const isBrowser = request.headers["user-agent"]?.startsWith("Mozilla/") === true;
  if (isBrowser && key === settings.keys.secretKey) {
    respond(socket, secretInBrowser.status, "Unauthorized", secretInBrowser.body);
    return;
  }
  if (key !== null) url.searchParams.set("apikey", jwtForKey(key, settings.keys));

  const upstream = open({
    host: "127.0.0.1",
    port: settings.ports.internal.realtime,
    path: url.pathname.slice(root.length) + url.search,
    headers: {
      ...endToEnd(request.headers),
      ...forwarded(request, root, settings),
      connection: "Upgrade",
      upgrade: "websocket",
    },
  });
  socket.once("close", () => upstream.destroy());
  upstream.once("upgrade", (response, upstreamSocket: Socket, rest: Buffer) => {
    upstreamSocket.on("error", () => socket.destroy());
    socket.on("error", () => upstreamSocket.destroy());
    upstreamSocket.setNoDelay(true);
    (socket as Socket).setNoDelay?.(true);
    socket.write(headOf(response));
    if (rest.length > 0) socket.write(rest);
    upstreamSocket.pipe(socket).pipe(upstreamSocket);
    upstreamSocket.once("close", () => socket.destroy());
    socket.once("close", () => upstreamSocket.destroy());
  });
  upstream.once("response", (response) => {
    socket.write(headOf(response));
    response.pipe(socket);
  });
  upstream.once("error", () => {
    const { status, body } = upstreamError(root, "unreachable");
    respond(socket, status, "Service Unavailable", body);
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

/** Sends an HTTP error response on a socket that has not been upgraded. */
function respond(socket: Duplex, status: number, phrase: string, content: object): void {
  const body = JSON.stringify(content);
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
