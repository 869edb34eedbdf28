import { z } from "zod";
import { answer, exampleId, instant, requestBody, uuid, when } from "./common.ts";

const uploadType = z.enum(["deliverable", "avatar", "sample"]);
const megabyte = 1024 * 1024;
const present = { type: "string" };

const scanStatus = z.enum(["pending", "clean", "infected", "failed"]);

export const createUpload = requestBody(
  "CreateUpload",
  {
    fileName: z
      .string()
      .min(1)
      .max(255)
      .regex(/^(?!\.)[^/\\]+\.[^/\\]+$/)
      .meta({ description: "Must end in the extension of its type.", examples: ["logo.png"] }),
    fileSize: z
      .int()
      .min(1)
      .max(100 * megabyte)
      .meta({ description: "In bytes. Videos 100 MB, other files 50 MB, avatars 5 MB." }),
    mimeType: z.string().meta({
      examples: ["image/png"],
      description:
        "Deliverables: JPEG, PNG, GIF, PDF, MP4, QuickTime, ZIP, RAR. Samples: the first five. Avatars: the first three. For an unknown type the extension decides.",
    }),
    uploadType,
    projectId: uuid.nullish().meta({ description: "Required for deliverables and samples." }),
    taskId: uuid.nullish().meta({ description: "Required for deliverables." }),
    deliverableId: uuid.nullish().meta({
      description:
        "For a deliverable in revision, or one with a rejected file, instead of its project and task.",
    }),
  },
  {
    allOf: [
      when("uploadType", "sample", { properties: { projectId: present }, required: ["projectId"] }),
      when("uploadType", "deliverable", {
        anyOf: [
          { properties: { deliverableId: present }, required: ["deliverableId"] },
          {
            properties: { projectId: present, taskId: present },
            required: ["projectId", "taskId"],
          },
        ],
      }),
      when("uploadType", "avatar", {
        properties: { fileSize: { maximum: 5 * megabyte } },
      }),
    ],
    examples: [
      {
        uploadType: "deliverable",
        fileName: "logo.png",
        fileSize: 48_213,
        mimeType: "image/png",
        projectId: exampleId,
        taskId: exampleId,
      },
    ],
  },
);

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

const side = z.int().min(1).max(2500).optional();

export const downloadQuery = z.object({
  width: side.meta({
    description: "Pixels of an image, which is never larger than the original.",
  }),
  height: side.meta({ description: "Pixels of an image." }),
  resize: z.enum(["cover", "contain", "fill"]).optional().meta({
    description: "How an image fits both: `cover` cuts it (default), `fill` distorts it.",
  }),
});

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
  .meta({
    description: "1 to 10 uploads of the caller, made for this task and not used yet.",
    uniqueItems: true,
  });
