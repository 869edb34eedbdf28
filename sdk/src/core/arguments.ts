import { type FieldError, OnSwiftError } from "./errors.ts";

/**
 * The input as the operation's arguments. Keys it does not take are refused by name: sent on, they would
 * address a function that does not exist; dropped, a misspelt filter would silently match everything.
 */
export function pick<Input extends object>(
  input: Input,
  ...known: readonly Extract<keyof Input, string>[]
): Input {
  const names: readonly string[] = known;
  const unknown = Object.keys(input).filter((key) => !names.includes(key));
  refuse(unknown.map((field) => ({ field, message: `${field} cannot be set here.` })));
  return input;
}

/** Refuses where there is anything to complain about. */
export function refuse(details: readonly FieldError[]): void {
  if (details.length > 0) throw invalid(details);
}

/** `VALIDATION_ERROR`, as the backend gives it. */
export function invalid(details: readonly FieldError[]): OnSwiftError {
  const message = "Validation failed";
  return new OnSwiftError({ code: "VALIDATION_ERROR", status: 400, message, details });
}
