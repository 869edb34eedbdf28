import { OnSwiftError } from "../core/errors.ts";

/** Why a join was refused: for good, or for a token that has ended; `undefined` for whatever can pass. */
export function refusalOf(error: Error | undefined): "forbidden" | "token" | undefined {
  if (/\bUnauthorized\b/.test(error?.message ?? "")) return "forbidden";
  return /JWT|Jwt|Token has expired/.test(error?.message ?? "") ? "token" : undefined;
}

export function denied(cause: Error | undefined): OnSwiftError {
  return new OnSwiftError({
    code: "FORBIDDEN",
    status: 403,
    message: "You may not listen here.",
    cause,
  });
}

/** For those who still wait when nobody wants the connection any more. */
export function stopped(): OnSwiftError {
  return new OnSwiftError({ code: "ABORTED", message: "Listening was stopped." });
}
