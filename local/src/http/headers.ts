import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";

const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // The server answered it already; a second one upstream would wait for nobody.
  "expect",
];

/** Copies headers that are meant for the next program and not for this connection. */
export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = String(headers.connection ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase());
  const dropped = new Set([...hopByHop, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

const loopback = /^(::1|(::ffff:)?127\.)/;

/**
 * The client's address: what a proxy on this machine says in `X-Forwarded-For`, else the peer itself, so
 * that nobody from outside can pretend to be somebody else.
 */
export function clientAddress(request: IncomingMessage): string {
  const peer = request.socket.remoteAddress ?? "";
  const told = String(request.headers["x-forwarded-for"] ?? "")
    .split(",")[0]
    ?.trim();
  if (told && loopback.test(peer)) return told;
  return peer.replace(/^::ffff:/, "");
}

/** What upstreams need to know about the address the client used. */
export function forwarded(request: IncomingMessage, prefix: string): Record<string, string> {
  const host = request.headers["x-forwarded-host"] ?? request.headers.host ?? "";
  const address = clientAddress(request);
  return {
    "x-forwarded-for": address,
    "x-real-ip": address,
    "x-forwarded-host": String(host),
    "x-forwarded-port": String(request.socket.localPort ?? ""),
    "x-forwarded-proto": String(request.headers["x-forwarded-proto"] ?? "http"),
    "x-forwarded-prefix": prefix,
  };
}

const acceptable = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's request id when it is harmless, else a new one. */
export function requestId(headers: IncomingHttpHeaders): string {
  const given = String(headers["x-request-id"] ?? "");
  return acceptable.test(given) ? given : randomUUID();
}
