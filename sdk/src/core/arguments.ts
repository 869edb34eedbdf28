import { OnSwiftError } from "./errors.ts";

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
  if (unknown.length === 0) return input;
  throw new OnSwiftError({
    code: "VALIDATION_ERROR",
    status: 400,
    message: "Validation failed",
    details: unknown.map((field) => ({ field, message: `${field} cannot be set here.` })),
  });
}
