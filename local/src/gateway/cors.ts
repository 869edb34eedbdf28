import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

const methods = "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT";
const defaultAllowed = "accept-profile,apikey,authorization,x-client-info";
const exposed = [
  "Content-Range",
  "Content-Location",
  "Range-Unit",
  "Location",
  "Preference-Applied",
  "X-Total-Count",
  "Link",
  "X-Supabase-Api-Version",
  "X-Request-Id",
  "Retry-After",
  "sb-error-code",
  "x-sb-error-code",
  "x-relay-error",
  "Upload-Offset",
  "Upload-Length",
  "Upload-Expires",
  "Upload-Metadata",
  "Upload-Defer-Length",
  "Tus-Version",
  "Tus-Resumable",
  "Tus-Max-Size",
  "Tus-Extension",
  "Tus-Complete",
  "ETag",
  "Accept-Ranges",
  "Content-Disposition",
].join(",");

/** Returns the headers of a preflight response. Every origin is allowed, because tokens decide access. */
export function preflight(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": methods,
    "access-control-allow-headers": headers["access-control-request-headers"] ?? defaultAllowed,
    "access-control-max-age": "3600",
    vary: "Access-Control-Request-Headers",
    "content-length": "0",
  };
}

/** Adds the CORS headers with which scripts of any origin can read a response. */
export function withCors(
  request: IncomingHttpHeaders,
  response: OutgoingHttpHeaders,
): OutgoingHttpHeaders {
  return {
    ...response,
    "access-control-allow-origin": request.origin ?? "*",
    "access-control-expose-headers": exposed,
    vary: response.vary === undefined ? "Origin" : `${response.vary}, Origin`,
  };
}
