import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { isIP } from "node:net";

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  // The server answered it already; a second one upstream would wait for nobody.
  "expect",
]);

/** Copies headers that are meant for the next program and not for this connection. */
export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = headers.connection?.toLowerCase().split(/\s*,\s*/) ?? [];
  const kept: OutgoingHttpHeaders = {};
  for (const name of Object.keys(headers)) {
    if (!hopByHop.has(name) && !named.includes(name)) kept[name] = headers[name];
  }
  return kept;
}

/** The only value of a header, or the first of several. */
export function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const loopback = /^(::1|(::ffff:)?127\.)/;

/** Only a program on this machine may speak for another address: a reverse proxy, or a test. */
const isTrusted = (request: IncomingMessage): boolean =>
  loopback.test(request.socket.remoteAddress ?? "");

/**
 * The client's address: the first one that a proxy on this machine says in `X-Forwarded-For`, else the
 * peer itself, so that nobody from outside can pretend to be somebody else.
 */
export function clientAddress(request: IncomingMessage): string {
  const told = single(request.headers, "x-forwarded-for")?.split(",", 1)[0]?.trim() ?? "";
  if (isIP(told) !== 0 && isTrusted(request)) return told;
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** What upstreams need to know about the address that the client used. */
export function forwarded(request: IncomingMessage, prefix: string): Record<string, string> {
  const address = clientAddress(request);
  const told = (name: string) =>
    isTrusted(request) ? single(request.headers, `x-forwarded-${name}`) : undefined;
  return {
    "x-forwarded-for": address,
    "x-real-ip": address,
    "x-forwarded-host": told("host") ?? request.headers.host ?? "",
    "x-forwarded-port": told("port") ?? String(request.socket.localPort ?? ""),
    "x-forwarded-proto": told("proto") ?? "http",
    "x-forwarded-path": (request.url ?? "/").split("?", 1)[0] ?? "/",
    "x-forwarded-prefix": prefix,
  };
}

const acceptable = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's request id when it is harmless, else a new one. */
export function requestId(headers: IncomingHttpHeaders): string {
  const given = single(headers, "x-request-id") ?? "";
  return acceptable.test(given) ? given : randomUUID();
}
