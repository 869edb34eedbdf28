import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Failure } from "../http/forwarder.ts";
import { withCors } from "./cors.ts";
import { withoutStoring } from "./unstored.ts";

/** An error response that the gateway creates itself. */
export interface ErrorResponse {
  readonly status: number;
  readonly body: object;
  readonly headers?: OutgoingHttpHeaders;
}

export const secretInBrowser: ErrorResponse = {
  status: 401,
  body: {
    message: "Forbidden use of secret API key in browser",
    hint: "Use the publishable key in browsers. If the page was public, replace this secret key.",
  },
};

/** Returns the response when an upstream fails. Clients that support `Retry-After` retry by themselves. */
export function upstreamError(service: string, failure: Failure): ErrorResponse {
  if (failure === "silent") {
    const message = `The service behind ${service} took too long to respond.`;
    return { status: 504, body: { code: "upstream_timeout", message } };
  }
  const message = `The service behind ${service} is not available; it is being restarted. Try again shortly.`;
  return {
    status: 503,
    body: { code: "upstream_unavailable", message },
    headers: { "retry-after": "1" },
  };
}

export function respondWithError(
  request: IncomingMessage,
  response: ServerResponse,
  error: ErrorResponse,
): void {
  response.writeHead(
    error.status,
    withCors(
      request.headers,
      withoutStoring({ ...error.headers, "content-type": "application/json" }),
    ),
  );
  response.end(JSON.stringify(error.body));
  // Discard the rest of the request, so that the connection can be reused.
  request.unpipe();
  request.resume();
}
