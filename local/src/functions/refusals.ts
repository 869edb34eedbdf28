import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { JwtRefusal } from "./verify-jwt.ts";

/** A response of the runtime in place of the function's own. */
export interface Refusal {
  readonly status: number;
  readonly body: { readonly code: string; readonly message: string; readonly msg?: string };
  readonly retryAfter?: number;
}

export const bootError: Refusal = {
  status: 503,
  body: { code: "BOOT_ERROR", message: "The function does not start. Its log has the reason." },
  retryAfter: 2,
};

export const workerError: Refusal = {
  status: 503,
  body: {
    code: "WORKER_ERROR",
    message: "The function ended unexpectedly. It is being restarted.",
  },
  retryAfter: 1,
};

export const workerLimit: Refusal = {
  status: 546,
  body: { code: "WORKER_LIMIT", message: "The function blocked its event loop for too long." },
};

export const idleTimeout: Refusal = {
  status: 504,
  body: { code: "IDLE_TIMEOUT", message: "The function took too long to respond." },
};

export const unauthorized = ({ code, message }: JwtRefusal): Refusal => ({
  status: 401,
  body: { code, message, msg: message },
});

export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return;
  const { status, body, retryAfter } = refusal;
  const headers: OutgoingHttpHeaders = {
    "content-type": "application/json",
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
