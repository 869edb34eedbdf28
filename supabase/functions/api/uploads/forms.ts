import type { z } from "zod";
import { ApiError, validationError } from "../http/errors.ts";
import type { Form } from "../http/form.ts";
import { setAvatarForm } from "../schemas/forms.ts";

const megabyte = 1024 * 1024;
const maxMegabytes = 25;

/** A form with files for a project. Larger files are uploaded to Storage directly. */
export const projectForm = (fileField: "files" | "file", schema: z.ZodObject) =>
  ({
    fileField,
    schema,
    maxBytes: maxMegabytes * megabyte,
    tooLarge: () =>
      new ApiError(
        "PAYLOAD_TOO_LARGE",
        `A form can carry at most ${maxMegabytes} MB of files. For larger files request an upload URL for each with POST /upload/presigned-url and send their ids.`,
      ),
  }) satisfies Form & { schema: z.ZodObject };

/** The requirements give a picture that is too large the status 400. */
export const avatarForm = {
  fileField: "avatar",
  schema: setAvatarForm,
  maxBytes: 5 * megabyte,
  tooLarge: () => validationError([{ field: "avatar", message: "Avatar must have at most 5 MB." }]),
} satisfies Form & { schema: z.ZodObject };
