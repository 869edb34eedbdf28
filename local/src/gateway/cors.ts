import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

const methods = "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT";
const usual = "accept-profile,apikey,authorization,x-client-info";
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

/** Headers of a preflight answer. Who may do what is decided by tokens, never by the origin. */
export function preflight(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": methods,
    "access-control-allow-headers": headers["access-control-request-headers"] ?? usual,
    "access-control-max-age": "3600",
    vary: "Access-Control-Request-Headers",
    "content-length": "0",
  };
}

/** The headers of an answer, with those that let a browser's script read it. */
export function readable(
  request: IncomingHttpHeaders,
  answer: OutgoingHttpHeaders,
): OutgoingHttpHeaders {
  return {
    ...answer,
    "access-control-allow-origin": request.origin ?? "*",
    "access-control-expose-headers": exposed,
    vary: answer.vary === undefined ? "Origin" : `${answer.vary}, Origin`,
  };
}
