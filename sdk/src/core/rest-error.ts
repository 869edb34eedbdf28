import * as authMessages from "./auth-messages.ts";
import { type FieldError, OnSwiftError, type OnSwiftErrorCode, receivedCode } from "./errors.ts";
import { codeOfStatus } from "./status.ts";

/** The body of an error response of PostgREST. */
interface RestErrorBody {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly hint?: unknown;
  /** Only in error responses of the REST API. */
  readonly error?: { readonly code?: unknown };
}

/** Converts an error response of PostgREST to an `OnSwiftError`. */
export function restError(status: number, headers: Headers, body: unknown): OnSwiftError {
  const { code, message, details, hint } = asBody(body);
  const sqlState = typeof code === "string" ? code : "";
  const detail = parsed(details);
  const kind = classify(sqlState, status, hint);
  return new OnSwiftError({
    ...kind,
    message: messageOf(sqlState, kind, message) ?? `HTTP status ${status}.`,
    details: fieldErrors(detail),
    retryAfter: secondsIn(detail) ?? retryAfter(headers),
    requestId: requestIdOf(headers),
    cause: body,
  });
}

/** Sentences of OnSwift's own SQL are for users. Those of PostgreSQL and PostgREST are not, and are only the cause. */
function messageOf(sqlState: string, { code }: Kind, message: unknown): string | undefined {
  if (sqlState === "" || isRaised(sqlState)) {
    return typeof message === "string" && message !== "" ? message : undefined;
  }
  return rejectedToken.test(sqlState)
    ? "The access token is invalid or has expired."
    : messages[code];
}

/** The same as in the REST API. */
const messages: Partial<Readonly<Record<OnSwiftErrorCode, string>>> = {
  VALIDATION_ERROR: "A value in the request is invalid.",
  CONFLICT: "The request conflicts with another one. Try again.",
  NOT_AUTHENTICATED: authMessages.signInRequired,
  FORBIDDEN: "You don't have access to this.",
  SERVICE_UNAVAILABLE: authMessages.unavailable,
  INTERNAL_ERROR: "Something went wrong. Try again later.",
};

/** PostgREST's codes for a rejected token. */
const rejectedToken = /^PGRST30\d$/;

/** Returns whether PostgREST or the REST API rejected the token itself, usually because it has expired. */
export function rejectsToken(status: number, body: unknown): boolean {
  const { code, error } = asBody(body);
  return (
    status === 401 && (rejectedToken.test(String(code)) || error?.code === "NOT_AUTHENTICATED")
  );
}

/** Raised by OnSwift's own SQL: the SQLSTATE holds the status, the hint holds the code. */
const isRaised = (sqlState: string): boolean => /^PT\d{3}$/.test(sqlState);

interface Kind {
  readonly code: OnSwiftErrorCode;
  readonly status: number;
  readonly retryable?: boolean;
}

function classify(sqlState: string, status: number, hint: unknown): Kind {
  if (isRaised(sqlState)) {
    const known = typeof hint === "string" && /^[A-Z][A-Z_]+$/.test(hint);
    return { code: known ? receivedCode(hint) : codeOfStatus(status), status };
  }
  if (rejectedToken.test(sqlState)) return { code: "NOT_AUTHENTICATED", status: 401 };
  // A value has the wrong type, is missing, or violates a check constraint.
  if (/^22|^23502$|^23514$/.test(sqlState)) return { code: "VALIDATION_ERROR", status: 400 };
  if (sqlState === "23503" || sqlState === "23505") return { code: "CONFLICT", status: 409 };
  if (sqlState === "42501") {
    return status === 401
      ? { code: "NOT_AUTHENTICATED", status }
      : { code: "FORBIDDEN", status: 403 };
  }
  // Serialization failures, deadlocks and cancelled statements are temporary.
  if (/^40|^57014$|^55P03$/.test(sqlState)) {
    return { code: "SERVICE_UNAVAILABLE", status: 503 };
  }
  // The backend does not have the operation: it is older or newer than the SDK.
  if (/^PGRST20\d$|^42883$|^PGRST106$/.test(sqlState)) {
    return { code: "INTERNAL_ERROR", status };
  }
  return { code: codeOfStatus(status), status };
}

function asBody(body: unknown): RestErrorBody {
  return typeof body === "object" && body !== null ? body : {};
}

/** `details` is JSON if OnSwift's SQL raised the error, and plain text if PostgreSQL did. */
function parsed(details: unknown): unknown {
  if (typeof details !== "string") return details;
  try {
    return JSON.parse(details);
  } catch {
    return null;
  }
}

function fieldErrors(detail: unknown): readonly FieldError[] | null {
  return Array.isArray(detail) ? detail : null;
}

function secondsIn(detail: unknown): number | null {
  if (typeof detail !== "object" || detail === null || !("retryAfter" in detail)) return null;
  return typeof detail.retryAfter === "number" ? detail.retryAfter : null;
}

/** Returns the id of the request in the logs. Hosted Supabase has a header of its own. */
export const requestIdOf = (headers: Pick<Headers, "get">): string | null =>
  headers.get("x-request-id") ?? headers.get("sb-request-id");

/** Returns `Retry-After` in seconds. The header holds seconds or a date. */
export function retryAfter(headers: Headers): number | null {
  const value = headers.get("retry-after");
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
