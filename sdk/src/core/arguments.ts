import { type FieldError, OnSwiftError } from "./errors.ts";

/**
 * Returns the input unchanged if it has only the known keys. Otherwise throws `VALIDATION_ERROR` with every
 * unknown key: sent to the backend, such a key would address a function that does not exist; dropped, a
 * misspelt filter would match everything. JavaScript may leave the input out: the backend then names what is required.
 */
export function onlyKeys<Input extends object>(
  input: Input | null | undefined,
  ...known: readonly Extract<keyof Input, string>[]
): Input {
  const names: readonly string[] = known;
  const given = input ?? ({} as Input);
  const unknown = Object.keys(given).filter((key) => !names.includes(key));
  throwIfInvalid(unknown.map((field) => ({ field, message: `${field} cannot be set here.` })));
  return given;
}

/** Throws `VALIDATION_ERROR` if there is at least one field error. */
export function throwIfInvalid(details: readonly FieldError[]): void {
  if (details.length > 0) throw validationError(details);
}

/** `VALIDATION_ERROR`, in the form the backend gives it. */
export function validationError(details: readonly FieldError[]): OnSwiftError {
  const message = "Validation failed";
  return new OnSwiftError({ code: "VALIDATION_ERROR", status: 400, message, details });
}

/**
 * Throws `VALIDATION_ERROR` if a header cannot hold the key: `fetch` would throw, or PostgREST would answer 500. The
 * backend checks the length.
 */
export function checkKey(idempotencyKey: string | undefined): void {
  if (idempotencyKey === undefined || /^[ -~]*$/.test(idempotencyKey)) return;
  const field = "Idempotency-Key";
  throw validationError([{ field, message: `${field} must have only ASCII characters.` }]);
}
