/** The codes the backend answers with. Each has one cause; `docs/errors.md` lists them. */
export type BackendErrorCode =
  | "VALIDATION_ERROR"
  | "ALREADY_MEMBER"
  | "NOT_TALENT"
  | "ALREADY_REVIEWED"
  | "NO_COMPLETED_PROJECT"
  | "SAME_USER_TYPE"
  | "ASSIGNEE_NOT_MEMBER"
  | "WEAK_PASSWORD"
  | "INVALID_RESET_TOKEN"
  | "INVALID_VERIFICATION_TOKEN"
  | "MAX_REVISIONS_REACHED"
  | "FILE_MISMATCH"
  | "NOT_AUTHENTICATED"
  | "INVALID_CREDENTIALS"
  | "INVALID_REFRESH_TOKEN"
  | "SESSION_REVOKED"
  | "FORBIDDEN"
  | "CREATOR_ONLY"
  | "TALENT_ONLY"
  | "PROFILE_PRIVATE"
  | "STATUS_ONLY"
  | "BLOCKED"
  | "WRONG_PASSWORD"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "EMAIL_EXISTS"
  | "CONFLICT"
  | "INVALID_STATE"
  | "OPEN_DELIVERABLES"
  | "CONVERSATION_CLOSED"
  | "EDIT_WINDOW_OVER"
  | "UPLOAD_MISSING"
  | "SCAN_PENDING"
  | "FILE_INFECTED"
  | "FILE_TOO_LARGE"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "RATE_LIMITED"
  | "INTERNAL_ERROR"
  | "SERVICE_UNAVAILABLE";

/**
 * The codes the SDK itself gives, without an answer from the backend:
 *
 * - `NETWORK`: the backend could not be reached.
 * - `TIMEOUT`: `timeoutMs` passed first.
 * - `ABORTED`: your `signal` was aborted.
 * - `NOT_AUTHENTICATED`: nobody is signed in (the backend gives this one too).
 * - `SESSION_EXPIRED`: somebody was signed in, but the session cannot be renewed; sign in again.
 */
export type ClientErrorCode =
  | "NETWORK"
  | "TIMEOUT"
  | "ABORTED"
  | "NOT_AUTHENTICATED"
  | "SESSION_EXPIRED";

/** Every code of today, open for those of tomorrow: always keep a `default` branch. */
export type OnSwiftErrorCode = BackendErrorCode | ClientErrorCode | (string & {});

/** What is wrong with one field of the input. */
export interface FieldError {
  /** The field's name as the operation takes it, for example `dueDate`. */
  readonly field: string;
  readonly message: string;
}

/** What an {@link OnSwiftError} is made of. */
export interface OnSwiftErrorInit {
  readonly code: OnSwiftErrorCode;
  readonly message: string;
  readonly status?: number | null;
  readonly details?: readonly FieldError[] | null;
  readonly retryable?: boolean;
  readonly retryAfter?: number | null;
  readonly cause?: unknown;
}

const brand: unique symbol = Symbol.for("@onswift/sdk.error");

const transient: ReadonlySet<string> = new Set([
  "NETWORK",
  "TIMEOUT",
  "RATE_LIMITED",
  "SERVICE_UNAVAILABLE",
]);

/**
 * The one error of the SDK. Decide by `code`, show `message`, mark the fields in `details`.
 *
 * Recognise it with {@link isOnSwiftError}, which also holds when two copies of the SDK are loaded.
 */
export class OnSwiftError extends Error {
  override readonly name = "OnSwiftError";
  /** Stable and meant for programs; see {@link OnSwiftErrorCode}. */
  readonly code: OnSwiftErrorCode;
  /** The HTTP status that belongs to the error, or `null` when there was no answer. */
  readonly status: number | null;
  /** Every bad field of the input, for `VALIDATION_ERROR` and its like; else `null`. */
  readonly details: readonly FieldError[] | null;
  /** Whether the same call can succeed later without being changed. */
  readonly retryable: boolean;
  /** Seconds to wait before trying again, where the backend told them; else `null`. */
  readonly retryAfter: number | null;

  constructor(init: OnSwiftErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.status = init.status ?? null;
    this.details = init.details ?? null;
    this.retryable = init.retryable ?? transient.has(init.code);
    this.retryAfter = init.retryAfter ?? null;
    // Not enumerable: the brand is no part of what a logger prints.
    Object.defineProperty(this, brand, { value: true });
  }

  /** `instanceof` goes by the brand too, so that it never depends on which copy of the SDK threw. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOnSwiftError(value);
  }
}

/** Whether a caught value is an {@link OnSwiftError}, whichever copy of the SDK made it. */
export function isOnSwiftError(value: unknown): value is OnSwiftError {
  return typeof value === "object" && value !== null && brand in value;
}
