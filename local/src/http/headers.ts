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
  // Node's server has already sent the 100 response.
  "expect",
]);

/** Returns the headers to forward: all except those that apply to one connection only. */
export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = headers.connection?.toLowerCase().split(/\s*,\s*/) ?? [];
  const kept: OutgoingHttpHeaders = {};
  for (const name of Object.keys(headers)) {
    if (!hopByHop.has(name) && !named.includes(name)) kept[name] = headers[name];
  }
  return kept;
}

/** Returns the value of a header, or the first of several. */
export function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const loopback = /^(::1|(::ffff:)?127\.)/;

/** Whether the caller can set forwarded headers: only programs on this machine, such as a reverse proxy. */
const isTrusted = (request: IncomingMessage): boolean =>
  loopback.test(request.socket.remoteAddress ?? "");

/**
 * Returns the client's address: the first one in the `X-Forwarded-For` of a program on this machine, otherwise the
 * address of the connection. Clients on other machines cannot spoof it.
 */
export function clientAddress(request: IncomingMessage): string {
  const address = single(request.headers, "x-forwarded-for")?.split(",", 1)[0]?.trim() ?? "";
  if (isIP(address) !== 0 && isTrusted(request)) return address;
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** Returns the forwarded headers: the client's address, and the URL parts that the client used. */
export function forwarded(request: IncomingMessage, prefix: string): Record<string, string> {
  const address = clientAddress(request);
  const trustedHeader = (name: string) =>
    isTrusted(request) ? single(request.headers, `x-forwarded-${name}`) : undefined;
  return {
    "x-forwarded-for": address,
    "x-real-ip": address,
    "x-forwarded-host": trustedHeader("host") ?? request.headers.host ?? "",
    "x-forwarded-port": trustedHeader("port") ?? String(request.socket.localPort ?? ""),
    "x-forwarded-proto": trustedHeader("proto") ?? "http",
    "x-forwarded-path": (request.url ?? "/").split("?", 1)[0] ?? "/",
    "x-forwarded-prefix": prefix,
  };
}

const safeId = /^[A-Za-z0-9._-]{1,128}$/;

/** Returns the caller's request id if it has only safe characters, otherwise a new id. */
export function requestId(headers: IncomingHttpHeaders): string {
  const id = single(headers, "x-request-id") ?? "";
  return safeId.test(id) ? id : randomUUID();
}
