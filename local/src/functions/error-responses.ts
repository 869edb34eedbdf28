import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { JwtError } from "./verify-jwt.ts";

/** A response of the runtime in place of the function's own. */
export interface ErrorResponse {
  readonly status: number;
  readonly body: { readonly code: string; readonly message: string; readonly msg?: string };
  readonly retryAfter?: number;
}

export const bootError: ErrorResponse = {
  status: 503,
  body: { code: "BOOT_ERROR", message: "The function does not start. Its log has the reason." },
  retryAfter: 2,
};

export const workerError: ErrorResponse = {
  status: 503,
  body: {
    code: "WORKER_ERROR",
    message: "The function ended unexpectedly. It is being restarted.",
  },
  retryAfter: 1,
};

export const workerLimit: ErrorResponse = {
  status: 546,
  body: { code: "WORKER_LIMIT", message: "The function blocked its event loop for too long." },
};

export const idleTimeout: ErrorResponse = {
  status: 504,
  body: { code: "IDLE_TIMEOUT", message: "The function took too long to respond." },
};

export const unauthorized = ({ code, message }: JwtError): ErrorResponse => ({
  status: 401,
  body: { code, message, msg: message },
});

export function respondWithError(
  request: IncomingMessage,
  response: ServerResponse,
  error: ErrorResponse,
): void {
  if (response.headersSent || response.destroyed) return;
  const { status, body, retryAfter } = error;
  const headers: OutgoingHttpHeaders = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "sb-error-code": body.code,
    // Functions handle CORS themselves, but this one did not run.
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "sb-error-code, retry-after, x-request-id",
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
  };
  response.writeHead(status, headers);
  response.end(JSON.stringify(body));
  request.unpipe();
  request.resume();
}
