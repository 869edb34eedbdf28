import { type FieldError, OnSwiftError, receivedCode } from "./errors.ts";
import { requestIdOf, retryAfter } from "./rest-error.ts";
import { codeOfStatus } from "./status.ts";

/** The body of an error response of the REST API. */
interface ApiErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly details?: readonly FieldError[];
  };
}

/** Converts an error response of the REST API to an `OnSwiftError`. */
export function apiError(status: number, headers: Headers, body: unknown): OnSwiftError {
  const { code, message, details } = (body as ApiErrorBody | null)?.error ?? {};
  return new OnSwiftError({
    code: code === undefined ? codeOfStatus(status) : receivedCode(code),
    status,
    message: message ?? `HTTP status ${status}.`,
    details: details ?? null,
    retryAfter: retryAfter(headers),
    requestId: requestIdOf(headers),
  });
}
