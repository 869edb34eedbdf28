import postgres from "postgres";
import {
  ApiError,
  type ErrorCode,
  type FieldError,
  internalError,
  statusOf,
  unavailable,
  validationError,
} from "../http/errors.ts";

/**
 * Converts an error of the database. `PTnnn` errors are meant for the caller: `hint` is the code, `message`
 * the sentence, `detail` the field errors. Other errors are only classified, because their texts can contain
 * data.
 */
export function fromDatabase(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (!(thrown instanceof postgres.PostgresError)) return unavailable(thrown);
  const { code, message, hint, detail } = thrown;
  if (/^PT\d{3}$/.test(code)) return raised(code, hint, message, detail, thrown);
  if (/^(08|53|57P)/.test(code) || code === "57014" || code === "55P03") return unavailable(thrown);
  if (code === "23505" || code === "23503" || code.startsWith("40")) {
    return new ApiError("CONFLICT", "The request conflicts with another one. Try again.", {
      cause: thrown,
    });
  }
  if (/^2[23]/.test(code)) {
    return new ApiError("VALIDATION_ERROR", "A value in the request is invalid.", {
      cause: thrown,
    });
  }
  return internalError(thrown);
}

/**
 * Converts an error that a function returned instead of raising it, because raising would have undone its
 * work (a counted attempt). The function returns it in the form of PostgREST's errors and sets the status.
 */
export function returnedError(body: string): ApiError {
  const { code, hint, message, details } = JSON.parse(body);
  return raised(String(code), hint ?? undefined, String(message), details ?? undefined, undefined);
}

function raised(
  sqlState: string,
  hint: string | undefined,
  message: string,
  detail: string | undefined,
  cause: unknown,
): ApiError {
  const code = codeOf(sqlState, hint);
  const parsed = parseDetail(detail);
  if (code === "RATE_LIMITED") {
    const retryAfter = (parsed as { retryAfter?: number } | undefined)?.retryAfter ?? 60;
    return new ApiError(code, message, { retryAfter, cause });
  }
  const details = Array.isArray(parsed) ? (parsed as FieldError[]) : undefined;
  if (code === "VALIDATION_ERROR" && details !== undefined) return validationError(details);
  return new ApiError(code, message, { details, cause });
}

/** The code in the hint; without a known one, the general code of the status. */
function codeOf(sqlState: string, hint: string | undefined): ErrorCode {
  if (hint !== undefined && Object.hasOwn(statusOf, hint)) return hint as ErrorCode;
  return generalCodes[sqlState] ?? "INTERNAL_ERROR";
}

const generalCodes: Readonly<Record<string, ErrorCode>> = {
  PT400: "VALIDATION_ERROR",
  PT401: "NOT_AUTHENTICATED",
  PT403: "FORBIDDEN",
  PT404: "NOT_FOUND",
  PT409: "CONFLICT",
  PT413: "PAYLOAD_TOO_LARGE",
  PT429: "RATE_LIMITED",
};

function parseDetail(detail: string | undefined): unknown {
  try {
    return detail === undefined ? undefined : JSON.parse(detail);
  } catch {
    return undefined;
  }
}
