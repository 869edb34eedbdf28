/**
 * The closed list of error codes with the status of each. It is the HTTP half of the database's
 * `private.error_catalogue`; a test keeps the two equal.
 */
export const statusOf = {
  VALIDATION_ERROR: 400,
  ALREADY_MEMBER: 400,
  NOT_TALENT: 400,
  ASSIGNEE_NOT_MEMBER: 400,
  WEAK_PASSWORD: 400,
  INVALID_RESET_TOKEN: 400,
  INVALID_VERIFICATION_TOKEN: 400,
  MAX_REVISIONS_REACHED: 400,
  ALREADY_REVIEWED: 400,
  NO_COMPLETED_PROJECT: 400,
  SAME_USER_TYPE: 400,
  FILE_MISMATCH: 400,
  NOT_AUTHENTICATED: 401,
  INVALID_CREDENTIALS: 401,
  INVALID_REFRESH_TOKEN: 401,
  SESSION_REVOKED: 401,
  FORBIDDEN: 403,
  CREATOR_ONLY: 403,
  TALENT_ONLY: 403,
  PROFILE_PRIVATE: 403,
  STATUS_ONLY: 403,
  WRONG_PASSWORD: 403,
  BLOCKED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  EMAIL_EXISTS: 409,
  CONFLICT: 409,
  INVALID_STATE: 409,
  OPEN_DELIVERABLES: 409,
  CONVERSATION_CLOSED: 409,
  EDIT_WINDOW_OVER: 409,
  UPLOAD_MISSING: 409,
  SCAN_PENDING: 409,
  FILE_INFECTED: 409,
  FILE_TOO_LARGE: 413,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof statusOf;

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
