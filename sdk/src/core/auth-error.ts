import * as authMessages from "./auth-messages.ts";
import { type FieldError, OnSwiftError, type OnSwiftErrorCode } from "./errors.ts";
import { codeOfStatus } from "./status.ts";

/** An error of the Auth service, thrown by supabase-js or read from a response. */
export interface AuthErrorLike {
  readonly name?: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** Why a password is too weak. */
  readonly reasons?: readonly string[];
}

/** How an error of the Auth service is reported. */
export type Kind = readonly [code: OnSwiftErrorCode, status: number | null, message: string];

export const invalid = ["VALIDATION_ERROR", 400, "Validation failed"] as const;
const emailExists = ["EMAIL_EXISTS", 409, authMessages.emailExists] as const;
const weakPassword = ["WEAK_PASSWORD", 400, authMessages.weakPassword] as const;
const refreshToken = ["INVALID_REFRESH_TOKEN", 401, authMessages.invalidRefreshToken] as const;
const signInFirst = ["NOT_AUTHENTICATED", 401, authMessages.signInRequired] as const;
const rateLimited = ["RATE_LIMITED", 429, authMessages.tooManyAttempts] as const;
const closed = ["FORBIDDEN", 403, authMessages.registrationClosed] as const;

/** By the Auth service's code. */
const kinds: Readonly<Record<string, Kind>> = {
  user_already_exists: emailExists,
  email_exists: emailExists,
  weak_password: weakPassword,
  validation_failed: invalid,
  email_address_invalid: invalid,
  invalid_credentials: ["INVALID_CREDENTIALS", 401, authMessages.wrongCredentials],
  refresh_token_not_found: refreshToken,
  refresh_token_already_used: refreshToken,
  session_expired: refreshToken,
  session_not_found: ["SESSION_REVOKED", 401, authMessages.sessionEnded],
  no_authorization: signInFirst,
  bad_jwt: signInFirst,
  over_request_rate_limit: rateLimited,
  over_email_send_rate_limit: rateLimited,
  user_banned: ["FORBIDDEN", 403, "This account is suspended."],
  insufficient_aal: ["MFA_REQUIRED", 403, "Verify a code of your second factor to continue."],
  signup_disabled: closed,
  email_provider_disabled: closed,
};

/** Errors that supabase-js creates without a request, by name. */
const named: Readonly<Record<string, Kind>> = {
  AuthSessionMissingError: signInFirst,
  AuthWeakPasswordError: weakPassword,
  AuthInvalidCredentialsError: invalid,
};

/** What the operation that failed knows about its input. */
export interface AuthErrorContext {
  /** The kinds of error that only this operation has, by the Auth service's code. */
  readonly kinds?: Readonly<Record<string, Kind>>;
  /** The field to report when the Auth service refuses the input without a reason that we know. */
  readonly refusedField?: FieldError;
  /** What to say when the database's hook limits the operation; it has no code of its own. */
  readonly limitMessage?: string;
  /** What to say when the database's hook refuses the operation; it has no code of its own. */
  readonly forbiddenMessage?: string;
  /** Whether a refresh token was sent. Whatever is refused about it, it is not a valid one. */
  readonly refreshes?: boolean;
  readonly retryAfter?: number | null;
}

/** Converts an error of the Auth service to an `OnSwiftError`. */
export function authError(error: AuthErrorLike, context: AuthErrorContext = {}): OnSwiftError {
  const status = error.status ?? 0;
  if (error.name === "AuthRetryableFetchError" && status === 0) return unreachable(error);
  const isRefused = status >= 400 && status < 500 && status !== 409 && status !== 429;
  const kind =
    (context.refreshes && isRefused ? refreshToken : undefined) ??
    context.kinds?.[error.code ?? ""] ??
    kinds[error.code ?? ""] ??
    named[error.name ?? ""] ??
    kindOfStatus(status, context);
  const [code, mapped, message] = kind;
  return new OnSwiftError({
    code,
    status: mapped,
    message,
    details: fieldErrors(kind, error, context),
    retryAfter: context.retryAfter ?? null,
    cause: error,
  });
}

/** The error of a request that got no response. */
export function unreachable(cause: unknown): OnSwiftError {
  return new OnSwiftError({
    code: "NETWORK",
    message: "The backend could not be reached.",
    cause,
  });
}

function fieldErrors(
  kind: Kind,
  { reasons = [] }: AuthErrorLike,
  { refusedField }: AuthErrorContext,
): readonly FieldError[] | null {
  if (kind === weakPassword) {
    return [{ field: "password", message: authMessages.weaknessOf(reasons) }];
  }
  return kind === invalid && refusedField ? [refusedField] : null;
}

function kindOfStatus(status: number, context: AuthErrorContext): Kind {
  const code = status === 0 ? "INTERNAL_ERROR" : codeOfStatus(status);
  return code === "VALIDATION_ERROR" ? invalid : [code, status || null, messageOf(code, context)];
}

function messageOf(
  code: OnSwiftErrorCode,
  { limitMessage = authMessages.tooManyAttempts, forbiddenMessage }: AuthErrorContext,
): string {
  if (code === "RATE_LIMITED") return limitMessage;
  if (code === "FORBIDDEN" && forbiddenMessage !== undefined) return forbiddenMessage;
  if (code === "CONFLICT") return authMessages.concurrentRequest;
  if (code === "SERVICE_UNAVAILABLE") return authMessages.unavailable;
  return "Something went wrong. Try again later.";
}
