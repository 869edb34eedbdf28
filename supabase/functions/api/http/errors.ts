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

/** A refusal that the caller is told about, word for word. Anything else thrown becomes a bare 500. */
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
    "The service is not available right now. Try again shortly.",
    {
      retryAfter: 2,
      cause,
    },
  );

/** What the caller hears of any thrown value. */
export const asApiError = (thrown: unknown): ApiError =>
  thrown instanceof ApiError
    ? thrown
    : new ApiError("INTERNAL_ERROR", "Something went wrong on our side.", { cause: thrown });
