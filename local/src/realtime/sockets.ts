import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Connection } from "./connection.ts";
import type { Realtime } from "./context.ts";
import type { Version } from "./frames.ts";
import { limits } from "./limits.ts";
import { TokenError } from "./tokens.ts";

const refusalDelay = 500;

/** Takes WebSockets at `/websocket`, each after its key was verified. */
export function acceptSockets(realtime: Realtime, server: Server): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
  });

  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? "/", "http://realtime");
    if (url.pathname !== "/websocket") return refuse(socket, 404, "Not found");
    const key = request.headers["x-api-key"] ?? url.searchParams.get("apikey") ?? "";
    if (key === "") return refuse(socket, 401, "API key is missing");
    try {
      const claims = await realtime.verify(String(key));
      const version: Version = url.searchParams.get("vsn") === "2.0.0" ? "2.0.0" : "1.0.0";
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        new Connection(realtime, accepted, { version, claims, headers: request.headers });
      });
    } catch (error) {
      if (error instanceof TokenError) refuse(socket, 401, error.message);
      else refuse(socket, 500, "Internal server error");
    }
  };

  server.on("upgrade", (request, socket: Duplex, head: Buffer) => {
    socket.on("error", () => undefined);
    void admit(request, socket, head);
  });
  return sockets;
}

const phrases: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  404: "Not Found",
  500: "Internal Server Error",
};

/** Said after a moment: clients come back at once. */
function refuse(socket: Duplex, status: number, error: string): void {
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
  }, refusalDelay);
}
