import { ApiError } from "../http/errors.ts";
import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/files.ts";
import { asDownload, keyOf, StorageError, signedSeconds } from "../storage/client.ts";

const tag = "Files";

/** What the response contains of a reservation. */
const reservationKeys = [
  "fileId",
  "uploadType",
  "projectId",
  "taskId",
  "deliverableId",
  "bucket",
  "path",
  "fileName",
  "fileSize",
  "mimeType",
] as const;

const createUpload: Operation = {
  id: "createUpload",
  method: "post",
  path: "/upload/presigned-url",
  tag,
  summary: "Request a URL to upload a file to",
  description:
    "`PUT` the bytes to `uploadUrl`, then send `fileId` where the file is used. At most 10 batches per hour; up to 10 files for the same target are one batch.",
  access: "user",
  body: schemas.createUpload,
  idempotent: true,
  success: { status: 201, description: "The URLs", schema: schemas.upload },
  errors: ["FILE_TOO_LARGE", "TALENT_ONLY", "FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, body, bearer = "", storage, background }) => {
    const upload = JSON.parse(await call("create_upload", {}, { input: body }));
    const { url, expires } = await storage.signUpload(bearer, upload).catch((error) => {
      if (error instanceof StorageError) throw alreadyUploaded(error);
      background(call("discard_uploads", { files: [{ fileId: upload.fileId }] }, { key: null }));
      throw error;
    });
    // An avatar is uploaded to one bucket and published in another.
    const isAvatar = upload.uploadType === "avatar";
    const place = isAvatar ? { ...upload, bucket: "avatars" } : upload;
    const access = isAvatar ? "public" : "authenticated";
    return JSON.stringify({
      uploadUrl: url,
      fileUrl: storage.publicUrl(`/object/${access}/${keyOf(place)}`),
      ...Object.fromEntries(reservationKeys.map((key) => [key, upload[key]])),
      expiresAt: expires.toISOString(),
    });
  },
};

/** An earlier request with this idempotency key reserved the file, and it has been uploaded since. */
const alreadyUploaded = (cause: StorageError) =>
  new ApiError("INVALID_STATE", "This file has already been uploaded.", { cause });

const getDownload: Operation = {
  id: "getDownload",
  method: "get",
  path: "/files/:fileId/download-url",
  tag,
  summary: "Get a download URL of a file, which expires after one hour",
  description:
    "For the uploader, for the submitter and the creator of a deliverable, and for the creator and the team of a sample's project. Only files that were scanned as clean can be downloaded. With `width` or `height`, the URL of an image leads to a smaller one, if the project's Storage transforms images; otherwise, and for other files, to the original.",
  access: "user",
  params: schemas.fileParams,
  query: schemas.downloadQuery,
  success: { status: 200, description: "The URL", schema: schemas.download },
  errors: [
    "FORBIDDEN",
    "NOT_FOUND",
    "UPLOAD_MISSING",
    "SCAN_PENDING",
    "FILE_INFECTED",
    "FILE_MISMATCH",
  ],
  handle: async ({ call, params, query, storage }) => {
    const found = JSON.parse(await call("get_download", params, { input: query }));
    const { bucket, path, fileName, image } = found;
    const url = image
      ? await storage.signImage({ bucket, path }, image)
      : (await storage.signDownloads(bucket, [path])).get(path);
    if (url === undefined) throw new ApiError("NOT_FOUND", "File not found.");
    return JSON.stringify({
      // An image of another size may have another format, and so not the name of the file.
      downloadUrl: image ? url : asDownload(url, fileName),
      expiresIn: signedSeconds,
    });
  },
};

export const files: readonly Operation[] = [createUpload, getDownload];
