import { type BackendErrorCode, OnSwiftError } from "../core/errors.ts";
import { codeOfStatus } from "../core/status.ts";

const codes: Readonly<Record<number, BackendErrorCode>> = {
  404: "NOT_FOUND",
  413: "FILE_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  423: "SERVICE_UNAVAILABLE",
  460: "SERVICE_UNAVAILABLE",
};

/** Returns the actual status: Storage sends most errors with 400 and the actual status in the body. */
export function statusOf(status: number, text: string): number {
  return Number(bodyOf(text).statusCode) || status;
}

/** Converts an error response of Storage to an `OnSwiftError`. */
export function storageError(
  status: number,
  text: string,
  requestId: string | null = null,
): OnSwiftError {
  const actual = statusOf(status, text);
  return new OnSwiftError({
    code: codes[actual] ?? codeOfStatus(actual),
    status: actual,
    requestId,
    // Errors of resumable uploads are plain text.
    message: bodyOf(text).message ?? (text.trim() || `HTTP status ${status}.`),
  });
}

function bodyOf(text: string): { readonly statusCode?: string; readonly message?: string } {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}
