import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { Settings } from "../settings.ts";

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
    if (!hopByHop.has(name) && !named.includes(name) && name !== sentForClient)
      kept[name] = headers[name];
  }
  return kept;
}

/** Returns the value of a header, or the first of several. */
export function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const loopback = /^(::1|(::ffff:)?127\.)/;

type Trust = Pick<Settings, "trustProxy"> & { readonly keys: Pick<Settings["keys"], "secretKey"> };

/** Whether the caller can set forwarded headers: a proxy on this machine, if the stack is started behind one. */
const isProxy = (request: IncomingMessage, { trustProxy }: Trust): boolean =>
  trustProxy && loopback.test(request.socket.remoteAddress ?? "");

const hasSecretKey = ({ headers }: IncomingMessage, { keys }: Trust): boolean =>
  single(headers, "apikey") === keys.secretKey ||
  headers.authorization === `Bearer ${keys.secretKey}`;

const firstOf = (request: IncomingMessage, name: string): string =>
  single(request.headers, name)?.split(",", 1)[0]?.trim() ?? "";

/**
 * Returns the client's address: `Sb-Forwarded-For` of a server that has the secret key and acts for a client, the
 * first address in `X-Forwarded-For` of a trusted proxy, otherwise the address of the connection.
 */
export function clientAddress(request: IncomingMessage, trust: Trust): string {
  const given = firstOf(request, sentForClient);
  if (isIP(given) !== 0 && hasSecretKey(request, trust)) return given;
  const address = firstOf(request, "x-forwarded-for");
  if (isIP(address) !== 0 && isProxy(request, trust)) return address;
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** A server's own header for the address of its client. It ends at the gateway. */
const sentForClient = "sb-forwarded-for";

/** Returns the forwarded headers: the client's address, and the URL parts that the client used. */
export function forwarded(
  request: IncomingMessage,
  prefix: string,
  trust: Trust,
): Record<string, string> {
  const address = clientAddress(request, trust);
  const trustedHeader = (name: string) =>
    isProxy(request, trust) ? single(request.headers, `x-forwarded-${name}`) : undefined;
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
