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

/** Returns the code for a response that has none, for example one from a proxy. */
export function codeOfStatus(status: number): BackendErrorCode {
  const known = codes[status];
  if (known) return known;
  // 500 is an error in a service; 501 to 599 mean that a service cannot be reached.
  if (status > 500) return "SERVICE_UNAVAILABLE";
  return status === 500 ? "INTERNAL_ERROR" : "VALIDATION_ERROR";
}
