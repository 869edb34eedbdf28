import { refuse } from "../core/arguments.ts";
import type { FieldError } from "../core/errors.ts";

/**
 * The text and the number of files of a submission, looked at before anything is uploaded: the backend,
 * which decides, would say the same in the end.
 */
export function checkSubmission(work: {
  readonly title?: unknown;
  readonly description?: unknown;
  readonly files: Iterable<unknown>;
}): void {
  const { title, description } = work;
  const files = [...(work.files ?? [])];
  refuse([
    ...(title === "" || /^\s+$/.test(String(title)) ? [blank("title", "Title")] : []),
    ...tooLong("title", "Title", title, 255),
    ...tooLong("description", "Description", description, 10_000),
    ...(files.length === 0 ? [{ field: "files", message: "At least one file is required." }] : []),
    ...(files.length > 10 ? [{ field: "files", message: "At most 10 files are possible." }] : []),
  ]);
}

const blank = (field: string, label: string) => ({ field, message: `${label} is required.` });

function tooLong(field: string, label: string, text: unknown, most: number): readonly FieldError[] {
  // Characters as the database counts them: one for an emoji.
  const over = typeof text === "string" && text.length > most && [...text.trim()].length > most;
  return over ? [{ field, message: `${label} can have at most ${most} characters.` }] : [];
}
