import { toBase64 } from "../core/base64.ts";
import type { Deadline } from "../core/deadline.ts";
import { isOnSwiftError, OnSwiftError } from "../core/errors.ts";
import { pauseBefore } from "../core/retry.ts";
import type { FileSource } from "../types/files.ts";
import { attempt } from "./attempt.ts";
import type { Gate } from "./gate.ts";
import { read } from "./source.ts";
import type { Storage } from "./storage.ts";
import type { OnSent, StorageResponse } from "./transfer.ts";

/** 6 MiB: the chunk size that Supabase Storage requires. Smaller files are sent in one request. */
export const chunkSize = 6_291_456;

const uploads = "/storage/v1/upload/resumable";
const tus = { "tus-resumable": "1.0.0" };

/** The target of a file. `uploadId` is kept here so that another process can continue the upload. */
export interface Destination {
  readonly bucket: string;
  readonly path: string;
  readonly type: string;
  uploadId?: string | undefined;
}

/** What the requests of one file share. */
export interface UploadContext {
  readonly storage: Storage;
  readonly gate: Gate;
  readonly deadline: Deadline;
  /** Failures in a row before the upload fails. */
  readonly maxRetries: number;
  readonly onSent: OnSent;
}

/**
 * Uploads in chunks with the TUS protocol. After a failure, a pause or a restart, asks Storage how many bytes
 * it has, so that a lost connection costs at most one chunk.
 */
export async function uploadResumably(
  source: FileSource,
  to: Destination,
  context: UploadContext,
): Promise<void> {
  const { gate, deadline, maxRetries, onSent } = context;
  const { size } = source;
  let offset = 0;
  let certain = false;
  let failures = 0;

  const advance = (reached: number) => {
    if (reached > offset) failures = 0;
    offset = reached;
    certain = true;
    onSent(offset);
  };
  const step = async (requestDeadline: Deadline) => {
    if (to.uploadId === undefined) {
      to.uploadId = await create(source, to, context, requestDeadline);
      advance(0);
    } else if (!certain) {
      advance(await requestOffset(to.uploadId, context, requestDeadline));
    } else {
      certain = false;
      const chunk = { from: offset, to: Math.min(offset + chunkSize, size) };
      advance(await sendChunk(source, to.uploadId, chunk, context, requestDeadline));
    }
  };

  while (offset < size) {
    try {
      await attempt(gate, deadline, step);
    } catch (error) {
      if (!isOnSwiftError(error)) throw error;
      // An earlier attempt sent everything, and only its response was lost.
      if (to.uploadId === undefined && error.status === 409) break;
      const lost = to.uploadId !== undefined && (error.status === 404 || error.status === 410);
      if (lost) to.uploadId = undefined;
      const canRetry = lost || error.retryable || error.status === 409;
      if (!canRetry || failures >= maxRetries) throw error;
      certain = false;
      await deadline.sleep(pauseBefore(failures++, error));
    }
  }
}

async function create(
  source: FileSource,
  to: Destination,
  context: UploadContext,
  requestDeadline: Deadline,
): Promise<string> {
  const metadata = {
    bucketName: to.bucket,
    objectName: to.path,
    contentType: to.type,
    cacheControl: "3600",
  };
  const response = await context.storage.send(requestDeadline, {
    method: "POST",
    path: uploads,
    headers: {
      ...tus,
      "upload-length": String(source.size),
      "upload-metadata": Object.entries(metadata)
        .map(([name, value]) => `${name} ${toBase64(value)}`)
        .join(","),
      "x-upsert": "false",
    },
  });
  // Only the last part is used: behind a proxy, Storage may not know its public address.
  const id = response
    .header("location")
    ?.replace(/[?#].*|\/+$/g, "")
    .split("/")
    .at(-1);
  if (!id) throw invalidResponse("no upload URL");
  return id;
}

async function requestOffset(
  uploadId: string,
  context: UploadContext,
  requestDeadline: Deadline,
): Promise<number> {
  const path = `${uploads}/${uploadId}`;
  return offsetIn(
    await context.storage.send(requestDeadline, { method: "HEAD", path, headers: tus }),
  );
}

async function sendChunk(
  source: FileSource,
  uploadId: string,
  { from, to }: { readonly from: number; readonly to: number },
  context: UploadContext,
  requestDeadline: Deadline,
): Promise<number> {
  const body = await read(source, from, to, requestDeadline);
  const response = await context.storage.send(
    requestDeadline,
    {
      method: "PATCH",
      path: `${uploads}/${uploadId}`,
      headers: {
        ...tus,
        "upload-offset": String(from),
        "content-type": "application/offset+octet-stream",
      },
      body,
    },
    (bytes) => context.onSent(from + bytes),
  );
  return offsetIn(response);
}

/** Deletes an unfinished upload from Storage. */
export async function deleteUpload(
  storage: Storage,
  uploadId: string,
  deadline: Deadline,
): Promise<void> {
  await storage.send(deadline, { method: "DELETE", path: `${uploads}/${uploadId}`, headers: tus });
}

function offsetIn(response: StorageResponse): number {
  const offset = Number(response.header("upload-offset") ?? Number.NaN);
  if (Number.isNaN(offset)) throw invalidResponse("no upload offset");
  return offset;
}

const invalidResponse = (missing: string) =>
  new OnSwiftError({ code: "INTERNAL_ERROR", message: `Storage returned ${missing}.` });
