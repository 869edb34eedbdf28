/** What users read when the Auth service refuses a request about second factors. The REST API has no such requests. */
export const codeRequired = "Code is required.";
export const wrongCode = "The code is wrong. Enter the current code of your authenticator app.";
export const codesLimited = "Too many wrong codes. Try again later.";
export const challengeUnusable =
  "The verification was used, took too long or came from elsewhere. Try again.";
export const factorNotFound = "Second factor not found.";
export const factorNameTaken = "Another second factor has this name.";
export const tooManyFactors = "The account has the maximum number of second factors.";
export const factorsDisabled = "Second factors are not available.";
export const confirmationMissing =
  "Sign in again, or confirm the password, before you add a second factor.";
export const onlyTotp = "factorType must be totp.";
