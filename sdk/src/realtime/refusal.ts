import { OnSwiftError } from "../core/errors.ts";

/** Returns why a join was refused: no permission, an expired token, or `undefined` for a temporary failure. */
export function refusalOf(error: Error | undefined): "forbidden" | "token" | undefined {
  if (/\bUnauthorized\b/.test(error?.message ?? "")) return "forbidden";
  return /JWT|Jwt|Token has expired/.test(error?.message ?? "") ? "token" : undefined;
}

export function denied(cause: Error | undefined): OnSwiftError {
  return new OnSwiftError({
    code: "FORBIDDEN",
    status: 403,
    message: "You don't have access to these realtime events.",
    cause,
  });
}

/** The error of a pending `ready` when the listeners are removed. */
export function stopped(): OnSwiftError {
  return new OnSwiftError({ code: "ABORTED", message: "The listener was removed." });
}
