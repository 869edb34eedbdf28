import { throwIfInvalid } from "../core/arguments.ts";
import type { FieldError } from "../core/errors.ts";

/**
 * Checks the texts and the number of files of a submission before uploading. The backend applies the same
 * rules, but only after the upload.
 */
export function checkSubmission(work: {
  readonly title?: unknown;
  readonly description?: unknown;
  readonly files: Iterable<unknown>;
}): void {
  const { title, description } = work;
  const files = [...(work.files ?? [])];
  throwIfInvalid([
    ...(title === "" || /^\s+$/.test(String(title)) ? [blank("title", "Title")] : []),
    ...tooLong("title", "Title", title, 255),
    ...tooLong("description", "Description", description, 10_000),
    ...(files.length === 0 ? [{ field: "files", message: "At least one file is required." }] : []),
    ...(files.length > 10 ? [{ field: "files", message: "You can attach at most 10 files." }] : []),
  ]);
}

const blank = (field: string, label: string) => ({ field, message: `${label} is required.` });

function tooLong(field: string, label: string, text: unknown, most: number): readonly FieldError[] {
  // Counted like the database does: an emoji is one character.
  const over = typeof text === "string" && text.length > most && [...text.trim()].length > most;
  return over ? [{ field, message: `${label} must have at most ${most} characters.` }] : [];
}
