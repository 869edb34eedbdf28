import { type FieldError, OnSwiftError } from "./errors.ts";
import { codeOfStatus } from "./status.ts";

/** An error of the Auth service, as supabase-js throws it or as it stands in an answer. */
export interface AuthErrorLike {
  readonly name?: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** Why a password is too weak. */
  readonly reasons?: readonly string[];
}

type Kind = readonly [code: string, status: number];

const kinds: Readonly<Record<string, Kind>> = {
  user_already_exists: ["EMAIL_EXISTS", 409],
  email_exists: ["EMAIL_EXISTS", 409],
  weak_password: ["WEAK_PASSWORD", 400],
  same_password: ["VALIDATION_ERROR", 400],
  validation_failed: ["VALIDATION_ERROR", 400],
  email_address_invalid: ["VALIDATION_ERROR", 400],
  invalid_credentials: ["INVALID_CREDENTIALS", 401],
  refresh_token_not_found: ["INVALID_REFRESH_TOKEN", 401],
  refresh_token_already_used: ["INVALID_REFRESH_TOKEN", 401],
  session_expired: ["INVALID_REFRESH_TOKEN", 401],
  session_not_found: ["SESSION_REVOKED", 401],
  no_authorization: ["NOT_AUTHENTICATED", 401],
  bad_jwt: ["NOT_AUTHENTICATED", 401],
  otp_expired: ["INVALID_RESET_TOKEN", 400],
  over_request_rate_limit: ["RATE_LIMITED", 429],
  over_email_send_rate_limit: ["RATE_LIMITED", 429],
  user_banned: ["FORBIDDEN", 403],
};

/** What only supabase-js says, by the error's name. */
const named: Readonly<Record<string, Kind>> = {
  AuthSessionMissingError: ["NOT_AUTHENTICATED", 401],
  AuthWeakPasswordError: ["WEAK_PASSWORD", 400],
};

/** An OnSwift error as the Auth service tells it; `passwordField` is the input a weak password came in. */
export function authError(
  error: AuthErrorLike,
  passwordField = "password",
  retryAfter: number | null = null,
): OnSwiftError {
  const status = error.status ?? 0;
  if (error.name === "AuthRetryableFetchError" && status === 0) return unreachable(error);
  const [code, mapped] = kindOf(error, status);
  return new OnSwiftError({
    code,
    status: mapped,
    message: error.message,
    details: code === "WEAK_PASSWORD" ? weaknesses(error, passwordField) : null,
    retryAfter,
    cause: error,
  });
}

/** No answer came at all. */
export function unreachable(cause: unknown): OnSwiftError {
  return new OnSwiftError({
    code: "NETWORK",
    message: "The backend could not be reached.",
    cause,
  });
}

function kindOf(error: AuthErrorLike, status: number): Kind {
  return (
    kinds[error.code ?? ""] ??
    named[error.name ?? ""] ?? [codeOfStatus(status), status === 422 ? 400 : status]
  );
}

function weaknesses(error: AuthErrorLike, field: string): readonly FieldError[] {
  const reasons = error.reasons?.length ? error.reasons : ["characters"];
  return reasons.map((reason) => ({ field, message: sentences[reason] ?? error.message }));
}

const sentences: Readonly<Record<string, string>> = {
  length: "The password is too short.",
  characters:
    "The password needs an uppercase letter, a lowercase letter, a number and a special character.",
  pwned: "The password is known from a leak.",
};
