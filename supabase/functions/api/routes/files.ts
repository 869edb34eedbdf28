import { ApiError } from "../http/errors.ts";
import { operation } from "../operation.ts";
import * as schemas from "../schemas/files.ts";
import { addressSeconds, keyOf, StorageRefusal } from "../storage/client.ts";

const tag = "Files";

/** What of a reservation its caller is told besides the addresses. */
const told = [
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

const createUpload = operation({
  id: "createUpload",
  method: "post",
  path: "/upload/presigned-url",
  tag,
  summary: "Ask for an address to upload a file to",
  description:
    "Then `PUT` its bytes to `uploadUrl` and name `fileId` where the file is used. Ten batches an hour; up to ten files for the same thing are one batch.",
  access: "user",
  body: schemas.createUpload,
  idempotent: true,
  success: { status: 201, description: "The addresses", schema: schemas.upload },
  errors: ["FILE_TOO_LARGE", "TALENT_ONLY", "FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, body, bearer = "", storage, background }) => {
    const upload = JSON.parse(await call("create_upload", body));
    const { url, expires } = await storage.uploadAddress(bearer, upload).catch((error) => {
      if (error instanceof StorageRefusal) throw uploadedAlready(error);
      background(call("discard_uploads", { files: [{ fileId: upload.fileId }] }, { key: null }));
      throw error;
    });
    // An avatar is received elsewhere and published here.
    const isAvatar = upload.uploadType === "avatar";
    const place = isAvatar ? { ...upload, bucket: "avatars" } : upload;
    const door = isAvatar ? "public" : "authenticated";
    return JSON.stringify({
      uploadUrl: url,
      fileUrl: storage.address(`/object/${door}/${keyOf(place)}`),
      ...Object.fromEntries(told.map((key) => [key, upload[key]])),
      expiresAt: expires.toISOString(),
    });
  },
});

/** The reservation of an earlier request with this key, whose object has arrived since. */
const uploadedAlready = (cause: StorageRefusal) =>
  new ApiError("INVALID_STATE", "This file is uploaded already.", { cause });

const getDownload = operation({
  id: "getDownload",
  method: "get",
  path: "/files/:fileId/download-url",
  tag,
  summary: "An address to download a file from, good for an hour",
  description:
    "For whoever uploaded it, a deliverable's creator and submitter, and a sample's project. Only files that were found clean are served.",
  access: "user",
  params: schemas.fileParams,
  success: { status: 200, description: "The address", schema: schemas.download },
  errors: [
    "FORBIDDEN",
    "NOT_FOUND",
    "UPLOAD_MISSING",
    "SCAN_PENDING",
    "FILE_INFECTED",
    "FILE_MISMATCH",
  ],
  handle: async ({ call, params, storage }) => {
    const { bucket, path, fileName } = JSON.parse(await call("get_download", params));
    const address = (await storage.downloadAddresses(bucket, [path])).get(path);
    if (address === undefined) throw new ApiError("NOT_FOUND", "File not found.");
    const downloadUrl = `${address}&download=${encodeURIComponent(fileName)}`;
    return JSON.stringify({ downloadUrl, expiresIn: addressSeconds });
  },
});

export const files = [createUpload, getDownload];
