import type { BackendErrorCode } from "./error-codes.ts";

export type { BackendErrorCode };

/**
 * The codes the SDK itself creates, without a response from the backend:
 *
 * - `NETWORK`: the backend cannot be reached.
 * - `TIMEOUT`: `timeoutMs` passed before the call finished.
 * - `ABORTED`: your `signal` was aborted.
 * - `NOT_AUTHENTICATED`: no user is signed in. The backend uses this code too.
 * - `SESSION_EXPIRED`: a user was signed in, but the session cannot be renewed. Sign in again.
 */
export type ClientErrorCode =
  | "NETWORK"
  | "TIMEOUT"
  | "ABORTED"
  | "NOT_AUTHENTICATED"
  | "SESSION_EXPIRED";

/**
 * Every code of this version. The type is closed, so that a misspelt code does not compile. A newer backend
 * may add codes, which reach your app unchanged: always keep a `default` branch.
 */
export type OnSwiftErrorCode = BackendErrorCode | ClientErrorCode;

/** What is wrong with one field of the input. */
export interface FieldError {
  /** The field's name in the operation's input, for example `dueDate`. */
  readonly field: string;
  /** A sentence to show beside the field. */
  readonly message: string;
}

/** The properties to create an {@link OnSwiftError} with. */
export interface OnSwiftErrorInit {
  readonly code: OnSwiftErrorCode;
  readonly message: string;
  readonly status?: number | null;
  readonly details?: readonly FieldError[] | null;
  readonly retryable?: boolean;
  readonly retryAfter?: number | null;
  readonly requestId?: string | null;
  readonly cause?: unknown;
}

/** An {@link OnSwiftError} as JSON. `isOnSwiftError` recognises it. */
export interface OnSwiftErrorJson {
  readonly name: "OnSwiftError";
  readonly code: OnSwiftErrorCode;
  readonly message: string;
  readonly status: number | null;
  readonly details: readonly FieldError[] | null;
  readonly retryable: boolean;
  readonly retryAfter: number | null;
  readonly requestId: string | null;
}

const brand: unique symbol = Symbol.for("@onswift/sdk.error");

const retryableCodes: ReadonlySet<OnSwiftErrorCode> = new Set([
  "NETWORK",
  "TIMEOUT",
  "RATE_LIMITED",
  "SERVICE_UNAVAILABLE",
]);

/** Accepts a code from a response. A code that this version does not know is kept as it is. */
export function receivedCode(code: string): OnSwiftErrorCode {
  return code as OnSwiftErrorCode;
}

/**
 * The only error class of the SDK. Decide by `code`, show `message`, mark the fields in `details`.
 *
 * Check for it with {@link isOnSwiftError}, which also works when two copies of the SDK are loaded.
 */
export class OnSwiftError extends Error {
  override readonly name = "OnSwiftError";
  /** A stable code for programs; see {@link OnSwiftErrorCode}. */
  readonly code: OnSwiftErrorCode;
  /** The HTTP status of the error, or `null` if there was no response. */
  readonly status: number | null;
  /** Every invalid field of the input, or `null`. */
  readonly details: readonly FieldError[] | null;
  /** Whether the same call may succeed later without changes. */
  readonly retryable: boolean;
  /** Seconds to wait before the next attempt, or `null` if the backend gave no time. */
  readonly retryAfter: number | null;
  /** The id of the request in the backend's log, or `null`. Quote it when reporting an error. */
  readonly requestId: string | null;

  constructor(init: OnSwiftErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.status = init.status ?? null;
    this.details = init.details ?? null;
    this.retryable = init.retryable ?? retryableCodes.has(init.code);
    this.retryAfter = init.retryAfter ?? null;
    this.requestId = init.requestId ?? null;
    // Not enumerable, so that loggers do not print it.
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Returns the error as plain data, for example to pass it from a server to the browser. Called by
   * `JSON.stringify`. Without `cause`, which can hold what users must not see.
   */
  toJSON(): OnSwiftErrorJson {
    const { name, code, message, status, details, retryable, retryAfter, requestId } = this;
    return { name, code, message, status, details, retryable, retryAfter, requestId };
  }

  /** Makes `instanceof` work for errors of another copy of the SDK too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOnSwiftError(value);
  }
}

/**
 * Returns whether a value is an {@link OnSwiftError}: a caught one, one of another copy of the SDK, or one that crossed
 * a border as JSON, which has all properties but `cause` and `stack`.
 */
export function isOnSwiftError(value: unknown): value is OnSwiftError {
  if (typeof value !== "object" || value === null) return false;
  if (brand in value) return true;
  const { name, code, message } = value as Partial<OnSwiftErrorJson>;
  return name === "OnSwiftError" && typeof code === "string" && typeof message === "string";
}
