import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { notHere } from "./own-answers.ts";

export const isWebSocket = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === "websocket";

/** WebSockets are Realtime's, which is not there: said in HTTP, as long as that is still spoken. */
export function refuseUpgrade(_request: IncomingMessage, socket: Duplex): void {
  const body = JSON.stringify(notHere("Realtime"));
  // A client that is gone already is no error of ours.
  socket.on("error", () => undefined);
  socket.end(
    [
      "HTTP/1.1 501 Not Implemented",
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
