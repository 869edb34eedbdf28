import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Connection } from "./connection.ts";
import type { Realtime } from "./context.ts";
import type { Version } from "./frames.ts";
import { limits } from "./limits.ts";
import { TokenError } from "./tokens.ts";

const rejectionDelay = 500;

/** Accepts WebSockets at `/websocket` after verifying their API key. */
export function acceptSockets(realtime: Realtime, server: Server): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
  });

  const accept = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? "/", "http://realtime");
    if (url.pathname !== "/websocket") return reject(socket, 404, "Not found");
    const key = request.headers["x-api-key"] ?? url.searchParams.get("apikey") ?? "";
    if (key === "") return reject(socket, 401, "API key is missing");
    try {
      const claims = await realtime.verify(String(key));
      const version: Version = url.searchParams.get("vsn") === "2.0.0" ? "2.0.0" : "1.0.0";
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        new Connection(realtime, webSocket, { version, claims, headers: request.headers });
      });
    } catch (error) {
      if (error instanceof TokenError) reject(socket, 401, error.message);
      else reject(socket, 500, "Internal server error");
    }
  };

  server.on("upgrade", (request, socket: Duplex, head: Buffer) => {
    socket.on("error", () => undefined);
    void accept(request, socket, head);
  });
  return sockets;
}

const phrases: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  404: "Not Found",
  500: "Internal Server Error",
};

/** Responds with a delay, because rejected clients try again at once. */
function reject(socket: Duplex, status: number, error: string): void {
  const body = JSON.stringify({ error });
  setTimeout(() => {
    socket.end(
      [
        `HTTP/1.1 ${status} ${phrases[status]}`,
        "Content-Type: application/json",
        `Content-Length: ${Buffer.byteLength(body)}`,
        "Connection: close",
        "",
        body,
      ].join("\r\n"),
    );
  }, rejectionDelay);
}
