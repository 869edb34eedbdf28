import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Failure } from "../http/forwarder.ts";
import { readable } from "./cors.ts";

/** A request that the gateway itself answers with an error. */
export interface Refusal {
  readonly status: number;
  readonly body: object;
  readonly headers?: OutgoingHttpHeaders;
}

export const secretInBrowser: Refusal = {
  status: 401,
  body: {
    message: "Forbidden use of secret API key in browser",
    hint: "A secret key reached a browser. Use the publishable key there, and replace this secret key if the page was public.",
  },
};

/** The upstream did not answer. Clients that honour `Retry-After` try again by themselves. */
export function unanswered(service: string, failure: Failure): Refusal {
  if (failure === "silent") {
    const message = `The service behind ${service} took too long to answer.`;
    return { status: 504, body: { code: "upstream_timeout", message } };
  }
  const message = `The service behind ${service} is not answering right now; it is being brought back. Try again in a moment.`;
  return {
    status: 503,
    body: { code: "upstream_unavailable", message },
    headers: { "retry-after": "1" },
  };
}

export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  response.writeHead(
    refusal.status,
    readable(request.headers, {
      ...refusal.headers,
      "content-type": "application/json",
      "cache-control": "no-store",
    }),
  );
  response.end(JSON.stringify(refusal.body));
  // What the client still sends is of no interest, but the connection may be used again.
  request.unpipe();
  request.resume();
}
