import type { BackendErrorCode } from "./errors.ts";

const codes: Readonly<Record<number, BackendErrorCode>> = {
  400: "VALIDATION_ERROR",
  401: "NOT_AUTHENTICATED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "VALIDATION_ERROR",
  429: "RATE_LIMITED",
};

/** The code for a status that came without one, from a proxy for instance. */
export function codeOfStatus(status: number): BackendErrorCode {
  const known = codes[status];
  if (known) return known;
  // 500 is a fault of the program; the others of its kind say that something before it is down.
  if (status > 500) return "SERVICE_UNAVAILABLE";
  return status === 500 ? "INTERNAL_ERROR" : "VALIDATION_ERROR";
}
