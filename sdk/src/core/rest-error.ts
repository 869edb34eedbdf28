import { type FieldError, OnSwiftError } from "./errors.ts";
import { codeOfStatus } from "./status.ts";

/** What PostgREST answers when it refuses. */
interface RestErrorBody {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly hint?: unknown;
  /** The REST surface's. */
  readonly error?: { readonly code?: unknown };
}

/** An OnSwift error as an answer of PostgREST tells it. */
export function restError(status: number, headers: Headers, body: unknown): OnSwiftError {
  const { code, message, details, hint } = asBody(body);
  const sqlState = typeof code === "string" ? code : "";
  const detail = parsed(details);
  return new OnSwiftError({
    ...classify(sqlState, status, hint),
    message: typeof message === "string" && message !== "" ? message : `HTTP status ${status}.`,
    details: fieldErrors(detail),
    retryAfter: secondsIn(detail) ?? retryAfter(headers),
  });
}

/** A token PostgREST does not accept. */
const tokenRefusal = /^PGRST30\d$/;

/** Whether it is the token itself that is refused, by PostgREST or by the REST surface: it has ended, most often. */
export function refusesToken(status: number, body: unknown): boolean {
  const { code, error } = asBody(body);
  return status === 401 && (tokenRefusal.test(String(code)) || error?.code === "NOT_AUTHENTICATED");
}

interface Kind {
  readonly code: string;
  readonly status: number;
  readonly retryable?: boolean;
}

function classify(sqlState: string, status: number, hint: unknown): Kind {
  // The database's own refusals: the status is in the SQLSTATE, the code in the hint.
  if (/^PT\d{3}$/.test(sqlState)) {
    const code = typeof hint === "string" && /^[A-Z][A-Z_]+$/.test(hint) ? hint : null;
    return { code: code ?? codeOfStatus(status), status };
  }
  if (tokenRefusal.test(sqlState)) return { code: "NOT_AUTHENTICATED", status: 401 };
  // A value that does not fit its type, or misses, or breaks a check.
  if (/^22|^23502$|^23514$/.test(sqlState)) return { code: "VALIDATION_ERROR", status: 400 };
  if (sqlState === "23503" || sqlState === "23505") return { code: "CONFLICT", status: 409 };
  if (sqlState === "42501") {
    return status === 401
      ? { code: "NOT_AUTHENTICATED", status }
      : { code: "FORBIDDEN", status: 403 };
  }
  // Serialisation failures, deadlocks and cancelled statements pass.
  if (/^40|^57014$|^55P03$/.test(sqlState)) {
    return { code: "SERVICE_UNAVAILABLE", status: 503 };
  }
  // This backend has no such operation: it is older or newer than the SDK, no fault of the input.
  if (/^PGRST20\d$|^42883$|^PGRST106$/.test(sqlState)) {
    return { code: "INTERNAL_ERROR", status };
  }
  return { code: codeOfStatus(status), status };
}

function asBody(body: unknown): RestErrorBody {
  return typeof body === "object" && body !== null ? body : {};
}

/** `details` is a JSON string where the database wrote it, prose where PostgreSQL did. */
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

/** `Retry-After` in seconds; it comes as seconds or as a date. */
export function retryAfter(headers: Headers): number | null {
  const value = headers.get("retry-after");
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
