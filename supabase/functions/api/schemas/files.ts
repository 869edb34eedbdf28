import { z } from "zod";
import { answer, instant, requestBody, uuid } from "./common.ts";

const uploadType = z.enum(["deliverable", "avatar", "sample"]);
const scanStatus = z.enum(["pending", "clean", "infected", "failed"]);

export const createUpload = requestBody("CreateUpload", {
  fileName: z
    .string()
    .min(1)
    .max(255)
    .meta({ description: "Must end in the extension of its type." }),
  fileSize: z.int().min(1).meta({ description: "In bytes." }),
  mimeType: z.string().meta({ examples: ["image/png"] }),
  uploadType,
  projectId: uuid.nullish().meta({ description: "Required for deliverables and samples." }),
  taskId: uuid.nullish().meta({ description: "Required for deliverables." }),
  deliverableId: uuid.nullish().meta({
    description:
      "For a deliverable in revision, or one with a rejected file, instead of its project and task.",
  }),
});

const reservation = {
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
};

/** A file as its uploader sees it before it is used. */
export const reservedFile = answer("ReservedFile", {
  ...reservation,
  state: z.enum(["reserved", "uploaded", "clean", "infected", "failed"]),
  scanStatus,
  expiresAt: instant,
});

export const upload = answer("Upload", {
  uploadUrl: z
    .url()
    .meta({ description: "`PUT` the bytes here, with `mimeType` as Content-Type." }),
  fileUrl: z.url().meta({
    description:
      "Where the file will be stored. The URL of an avatar is public; the others require a token of a user who may read the file.",
  }),
  ...reservation,
  expiresAt: instant.meta({ description: "When `uploadUrl` expires." }),
});

export const fileParams = z.object({ fileId: uuid });

export const download = answer("Download", {
  downloadUrl: z.url(),
  expiresIn: z.int().meta({ description: "In seconds." }),
});

export const file = answer("File", {
  id: uuid,
  fileName: z.string(),
  fileUrl: z.url().nullable().meta({
    description: "Expires after one hour. Null until the file has been scanned as clean.",
  }),
  fileSize: z.int().min(1),
  mimeType: z.string(),
  scanStatus,
  uploadedAt: instant.nullable(),
});

/** References to files that were uploaded before. URLs are not accepted. */
export const fileIds = z
  .array(z.strictObject({ fileId: uuid }))
  .min(1)
  .max(10)
  .meta({ description: "1 to 10 uploads of the caller, made for this task and not used yet." });
