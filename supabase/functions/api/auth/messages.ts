/**
 * What users read when the Auth service refuses a request. Its own sentences are never shown: their wording is
 * not part of our contract. A test keeps these equal to the SDK's.
 */
export const emailExists = "An account with this email address already exists.";
export const emailUnusable = "Email address cannot be used for an account.";
export const registrationClosed = "Registration is closed.";
export const wrongCredentials = "The email address or the password is wrong.";
export const tooManyFailures = "Too many failed attempts. Try again later.";
export const tooManyAttempts = "Too many attempts. Try again later.";
export const invalidRefreshToken = "The refresh token is invalid, used or expired. Sign in again.";
export const signInRequired = "Sign in to continue.";
export const sessionEnded = "This session has ended. Sign in again.";
export const concurrentRequest = "Another request was processed at the same time. Try again.";
export const unavailable = "The service is temporarily unavailable. Try again shortly.";
export const weakPassword = "The password is too weak.";

/** Why the Auth service refused a password that meets the documented rules. */
export const weaknessOf = (reasons: readonly string[]): string =>
  reasons.includes("pwned")
    ? "Password appears in a known data leak. Choose another one."
    : "Password does not meet the requirements.";
