import { type ErrorCode, statusOf } from "../../_shared/error-codes.ts";

export { type ErrorCode, statusOf };

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface Extras {
  readonly details?: readonly FieldError[] | undefined;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfter?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only; never sent. */
  readonly cause?: unknown;
}

/** An error that is sent to the caller as it is. Everything else that is thrown becomes `INTERNAL_ERROR`. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, extras: Extras = {}) {
    super(message, { cause: extras.cause });
    this.name = "ApiError";
    this.code = code;
    this.details = extras.details;
    this.headers = {
      ...extras.headers,
      ...(extras.retryAfter === undefined ? {} : { "retry-after": seconds(extras.retryAfter) }),
      ...(statusOf[code] === 401 ? { "www-authenticate": "Bearer" } : {}),
    };
  }

  toResponse(): Response {
    const { code, message, details } = this;
    const error = details === undefined ? { code, message } : { code, message, details };
    return Response.json({ error }, { status: statusOf[code], headers: this.headers });
  }
}

const seconds = (value: number) => String(Math.max(1, Math.ceil(value)));

export const validationError = (details: readonly FieldError[]) =>
  new ApiError("VALIDATION_ERROR", "Validation failed", { details });

export const unavailable = (cause: unknown) =>
  new ApiError(
    "SERVICE_UNAVAILABLE",
    "The service is temporarily unavailable. Try again shortly.",
    {
      retryAfter: 2,
      cause,
    },
  );

/** An internal error. Its cause is logged and never sent. */
export const internalError = (cause: unknown) =>
  new ApiError("INTERNAL_ERROR", "Internal error. Quote the request id when reporting it.", {
    cause,
  });

/** The error that is sent for any thrown value. */
export const asApiError = (thrown: unknown): ApiError =>
  thrown instanceof ApiError ? thrown : internalError(thrown);
