import { z } from "zod";
import { ApiError, validationError } from "../http/errors.ts";
import { type Form, FormFile } from "../http/form-file.ts";
import { answer, instant, requestBody, requests, uuid } from "./common.ts";

const uploadType = z.enum(["deliverable", "avatar", "sample"]);

const binary = { type: "string", format: "binary" };

/** A file in a form. What it may be is for the database to say. */
export const formFile = z
  .custom<FormFile>((value) => value instanceof FormFile, "Must be a file")
  .meta({ openapi: binary });

export const formFiles = z
  .array(formFile, "At least one file is required")
  .min(1, "At least one file is required")
  .max(10, "At most 10 files are possible")
  .meta({ description: "1 to 10 files; the field may also be called `files[]`." });

const megabyte = 1024 * 1024;
const mostMegabytes = 25;

/** A form with files for a project; what is larger goes to Storage directly. */
export const form = <Shape extends z.ZodRawShape>(id: string, shape: Shape) => ({
  schema: z.strictObject(shape).register(requests, { id }),
  maxBytes: mostMegabytes * megabyte,
  tooLarge: () =>
    new ApiError(
      "PAYLOAD_TOO_LARGE",
      `A form can carry at most ${mostMegabytes} MB of files. For more, ask POST /upload/presigned-url for an upload address for each file and send their ids.`,
    ),
});

/** As documented, a picture that is too large is 400. */
export const avatarForm = {
  schema: z.strictObject({ avatar: formFile }).register(requests, { id: "SetAvatarForm" }),
  maxBytes: 5 * megabyte,
  tooLarge: () =>
    validationError([{ field: "avatar", message: "An avatar can have at most 5 MB" }]),
} satisfies Form;

export const createUpload = requestBody("CreateUpload", {
  fileName: z.string().meta({ description: "1 to 255 characters, with its type's extension." }),
  fileSize: z.int().meta({ description: "Bytes.", minimum: 1 }),
  mimeType: z.string().meta({ examples: ["image/png"] }),
  uploadType,
  projectId: uuid.nullish().meta({ description: "For deliverables and samples." }),
  taskId: uuid.nullish().meta({ description: "For deliverables." }),
  deliverableId: uuid
    .nullish()
    .meta({ description: "The one in revision that is to be resubmitted, instead of its task." }),
});

/** What is told of a file of one's own that was, or is to be, uploaded. */
export const reservedFile = answer("ReservedFile", {
  fileId: uuid,
  uploadType,
  projectId: uuid.nullable(),
  taskId: uuid.nullable(),
  deliverableId: uuid.nullable(),
  bucket: z.string(),
  path: z.string(),
  fileName: z.string(),
  fileSize: z.int(),
  mimeType: z.string(),
  state: z.enum(["reserved", "uploaded", "clean", "infected", "failed"]),
  scanStatus: z.enum(["pending", "clean", "infected", "failed"]),
  expiresAt: instant,
});

export const upload = answer("Upload", {
  uploadUrl: z
    .url()
    .meta({ description: "`PUT` the bytes here, with `mimeType` as Content-Type." }),
  fileUrl: z.url().meta({
    description:
      "Where the file will lie. An avatar's is public; others open with a token of whoever may read them.",
  }),
  fileId: uuid,
  uploadType,
  projectId: uuid.nullable(),
  taskId: uuid.nullable(),
  deliverableId: uuid.nullable(),
  bucket: z.string(),
  path: z.string(),
  fileName: z.string(),
  fileSize: z.int(),
  mimeType: z.string(),
  expiresAt: instant.meta({ description: "Until when `uploadUrl` works." }),
});

export const fileParams = z.object({ fileId: uuid });

export const download = answer("Download", {
  downloadUrl: z.url(),
  expiresIn: z.int().meta({ description: "Seconds." }),
});

export const file = answer("File", {
  id: uuid,
  fileName: z.string(),
  fileUrl: z
    .url()
    .nullable()
    .meta({ description: "Good for an hour; null until the file was found clean." }),
  fileSize: z.int().min(1),
  mimeType: z.string(),
  scanStatus: z.enum(["pending", "clean", "infected", "failed"]),
  uploadedAt: instant.nullable(),
});

/** Files that were uploaded before, by their ids. Addresses are not taken. */
export const fileIds = z
  .array(z.strictObject({ fileId: uuid }), "At least one file is required")
  .min(1, "At least one file is required")
  .max(10, "At most 10 files are possible")
  .meta({ description: "1 to 10 uploads of your own, made for this and not used yet." });
