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

type Kind = readonly [code: OnSwiftErrorCode, status: number | null, message: string];

const invalid = ["VALIDATION_ERROR", 400, "Validation failed"] as const;
const emailExists = [
  "EMAIL_EXISTS",
  409,
  "An account with this email address already exists.",
] as const;
const samePassword = ["VALIDATION_ERROR", 400, "Validation failed"] as const;
const weakPassword = ["WEAK_PASSWORD", 400, "The password is too weak."] as const;
const refreshToken = [
  "INVALID_REFRESH_TOKEN",
  401,
  "The refresh token is invalid or has expired. Sign in again.",
] as const;
const signInFirst = ["NOT_AUTHENTICATED", 401, "Sign in first."] as const;
const rateLimited = ["RATE_LIMITED", 429, "Too many attempts. Try again later."] as const;
const closed = ["FORBIDDEN", 403, "Registration is closed."] as const;

/** By the Auth service's code. Its own sentences are never shown: their wording is not part of our contract. */
const kinds: Readonly<Record<string, Kind>> = {
  user_already_exists: emailExists,
  email_exists: emailExists,
  weak_password: weakPassword,
  same_password: samePassword,
  validation_failed: invalid,
  email_address_invalid: invalid,
  invalid_credentials: ["INVALID_CREDENTIALS", 401, "The email address or the password is wrong."],
  refresh_token_not_found: refreshToken,
  refresh_token_already_used: refreshToken,
  session_expired: refreshToken,
  session_not_found: ["SESSION_REVOKED", 401, "This session has ended. Sign in again."],
  no_authorization: signInFirst,
  bad_jwt: signInFirst,
  otp_expired: [
    "INVALID_RESET_TOKEN",
    400,
    "The reset token is invalid, used or expired. Request a new one.",
  ],
  over_request_rate_limit: rateLimited,
  over_email_send_rate_limit: rateLimited,
  user_banned: ["FORBIDDEN", 403, "This account is suspended."],
  signup_disabled: closed,
  email_provider_disabled: closed,
};

/** Errors that supabase-js creates without a request, by name. */
const named: Readonly<Record<string, Kind>> = {
  AuthSessionMissingError: signInFirst,
  AuthWeakPasswordError: weakPassword,
  AuthInvalidCredentialsError: invalid,
};

/**
 * Converts an error of the Auth service to an `OnSwiftError`. `passwordField` is the name of the password in
 * the operation's input.
 */
export function authError(
  error: AuthErrorLike,
  { passwordField = "password", retryAfter = null }: AuthErrorContext = {},
): OnSwiftError {
  const status = error.status ?? 0;
  if (error.name === "AuthRetryableFetchError" && status === 0) return unreachable(error);
  const kind = kinds[error.code ?? ""] ?? named[error.name ?? ""] ?? kindOfStatus(status);
  const [code, mapped, message] = kind;
  return new OnSwiftError({
    code,
    status: mapped,
    message,
    details: passwordErrors(kind, error, passwordField),
    retryAfter,
    cause: error,
  });
}

interface AuthErrorContext {
  readonly passwordField?: string;
  readonly retryAfter?: number | null;
}

/** The error of a request that got no response. */
export function unreachable(cause: unknown): OnSwiftError {
  return new OnSwiftError({
    code: "NETWORK",
    message: "The backend could not be reached.",
    cause,
  });
}

function passwordErrors(
  kind: Kind,
  { reasons = [] }: AuthErrorLike,
  field: string,
): readonly FieldError[] | null {
  if (kind === samePassword) {
    return [{ field, message: "New password must differ from the current password." }];
  }
  if (kind !== weakPassword) return null;
  const message = reasons.includes("pwned")
    ? "Password appears in a known data leak. Choose another one."
    : "Password does not meet the requirements.";
  return [{ field, message }];
}

function kindOfStatus(status: number): Kind {
  const code = status === 0 ? "INTERNAL_ERROR" : codeOfStatus(status);
  if (code === "VALIDATION_ERROR") return invalid;
  if (code === "RATE_LIMITED") return rateLimited;
  const message =
    code === "SERVICE_UNAVAILABLE"
      ? "The service is not available right now. Try again shortly."
      : "Something went wrong. Try again later.";
  return [code, status || null, message];
}
