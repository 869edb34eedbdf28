import { type BackendErrorCode, OnSwiftError } from "../core/errors.ts";
import { codeOfStatus } from "../core/status.ts";

const codes: Readonly<Record<number, BackendErrorCode>> = {
  404: "NOT_FOUND",
  413: "FILE_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  423: "SERVICE_UNAVAILABLE",
  460: "SERVICE_UNAVAILABLE",
};

/** The status Storage means: it answers most refusals with 400 and names the true one in the body. */
export function statusOf(status: number, text: string): number {
  return Number(bodyOf(text).statusCode) || status;
}

/** An OnSwift error as an answer of Storage tells it. */
export function storageError(status: number, text: string): OnSwiftError {
  const meant = statusOf(status, text);
  return new OnSwiftError({
    code: codes[meant] ?? codeOfStatus(meant),
    status: meant,
    // Resumable uploads are refused in plain text.
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
