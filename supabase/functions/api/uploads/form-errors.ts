import { ApiError } from "../http/errors.ts";
import type { Form } from "../http/form.ts";

/**
 * Names the fields of the form in errors. The database reports `files[0].fileName`; in the form that is
 * `files[0]`, or the one field that holds the file.
 */
export function withFormFields<Answer>(
  fileField: Form["fileField"],
  work: Promise<Answer>,
): Promise<Answer> {
  return work.catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.details === undefined) throw error;
    const { code, message, cause } = error;
    const details = error.details.map((detail) => ({
      ...detail,
      field: formField(detail.field, fileField),
    }));
    throw new ApiError(code, message, { details, cause });
  });
}

const fileFields = ["files", "fileId", "newFileId", "fileSize", "avatarFileId"];

function formField(field: string, fileField: Form["fileField"]): string {
  const [, place] = /^(files\[\d+\])(?:\.\w+)?$/.exec(field) ?? [];
  if (place !== undefined) return fileField === "files" ? place : fileField;
  return fileFields.includes(field) ? fileField : field;
}
