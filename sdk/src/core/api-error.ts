import { type FieldError, OnSwiftError } from "./errors.ts";
import { retryAfter } from "./rest-error.ts";
import { codeOfStatus } from "./status.ts";

/** What the REST surface answers when it refuses. */
interface ApiErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly details?: readonly FieldError[];
  };
}

/** An OnSwift error as an answer of the REST surface tells it. */
export function apiError(status: number, headers: Headers, body: unknown): OnSwiftError {
  const told = (body as ApiErrorBody | null)?.error ?? {};
  return new OnSwiftError({
    code: told.code ?? codeOfStatus(status),
    status,
    message: told.message ?? `HTTP status ${status}.`,
    details: told.details ?? null,
    retryAfter: retryAfter(headers),
  });
}
