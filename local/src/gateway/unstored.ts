import type { OutgoingHttpHeaders } from "node:http";

/**
 * Adds that a response is not stored and that its type is not guessed: it may be data of one user. An upstream that
 * states how long its response may be kept, as Storage does of files, is left to decide.
 */
export function withoutStoring(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const isDecided = headers["cache-control"] !== undefined || headers.expires !== undefined;
  return {
    ...headers,
    "x-content-type-options": "nosniff",
    ...(isDecided ? {} : { "cache-control": "no-store" }),
  };
}
