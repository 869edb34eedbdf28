import type { z } from "zod";
import { ApiError, type FieldError, validationError } from "./errors.ts";

interface Complaint extends FieldError {
  readonly weakPassword: boolean;
}

/**
 * Parses one part of a request into `complaints`, or returns it. `root` names the whole where no field
 * can be named.
 */
export function check(
  schema: z.ZodType | undefined,
  value: unknown,
  root: string,
  complaints: Complaint[],
): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value, { error: sentence });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const weakPassword = issue.code === "custom" && issue.params?.weakPassword === true;
    for (const error of fieldErrors(issue, root)) complaints.push({ ...error, weakPassword });
  }
  return undefined;
}

/** The refusal that names every bad field; a password that is merely weak has a code of its own. */
export function refusalOf(complaints: readonly Complaint[]): ApiError | undefined {
  if (complaints.length === 0) return undefined;
  const details = complaints.map(({ field, message }) => ({ field, message }));
  const onlyPassword = complaints.every(({ weakPassword }) => weakPassword);
  return onlyPassword ? weakPassword(details) : validationError(details);
}

export const weakPassword = (details: readonly FieldError[]) =>
  new ApiError("WEAK_PASSWORD", "The password is too weak", { details });

/** Schemas mark the rules of password strength with this, so that they get a code of their own. */
export const weakPasswordMark = { weakPassword: true };

function fieldErrors(issue: z.core.$ZodIssue, root: string): FieldError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: fieldName([...issue.path, key], root),
      message: "This field is unknown or cannot be set",
    }));
  }
  return [{ field: fieldName(issue.path, root), message: issue.message }];
}

/** `["skills", 2]` → `skills[2]` */
function fieldName(path: readonly PropertyKey[], root: string): string {
  const name = path.reduce<string>(
    (name, step) =>
      typeof step === "number" ? `${name}[${step}]` : `${name && `${name}.`}${String(step)}`,
    "",
  );
  return name === "" ? root : name;
}

/** One short sentence for an issue; undefined leaves the schema's own. */
const sentence: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "Required" : `Must be ${article(issue.expected)}`;
    case "invalid_value":
      return `Must be one of: ${issue.values.join(", ")}`;
    case "too_big":
      return issue.origin === "array"
        ? `At most ${issue.maximum} items are allowed`
        : `Must be at most ${issue.maximum}`;
    case "too_small":
      return `Must be at least ${issue.minimum}`;
    case "not_multiple_of":
      return `Must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return `Must be a valid ${formats[issue.format] ?? issue.format}`;
    default:
      return undefined;
  }
};

const formats: Readonly<Record<string, string>> = {
  guid: "UUID",
  date: "date (YYYY-MM-DD)",
  regex: "value",
  email: "e-mail address",
};

const article = (type: string) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
