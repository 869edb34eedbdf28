import type { Deadline } from "../core/deadline.ts";
import { isOnSwiftError, OnSwiftError } from "../core/errors.ts";
import { pauseBefore } from "../core/retry.ts";
import type { FileSource } from "../types/files.ts";
import type { Gate } from "./gate.ts";
import { read } from "./source.ts";
import type { Storage } from "./storage.ts";
import type { OnSent, Receipt } from "./transfer.ts";

/** 6 MiB: the size that Storage wants chunks to have, and from which on a file is sent in chunks. */
export const chunkSize = 6_291_456;

const uploads = "/storage/v1/upload/resumable";
const tus = { "tus-resumable": "1.0.0" };

/** Where a file goes, and how far it is: `uploadId` is kept here so that another process can go on. */
export interface Destination {
  readonly bucket: string;
  readonly path: string;
  readonly type: string;
  uploadId?: string | undefined;
}

export interface Way {
  readonly storage: Storage;
  readonly gate: Gate;
  readonly deadline: Deadline;
  /** Failures in a row before it gives up. */
  readonly maxRetries: number;
  readonly onSent: OnSent;
}

/**
 * Uploads in chunks by the TUS protocol. After anything that leaves the state in doubt (a failure, a pause,
 * another process) Storage is asked how much it has, so that a dropped connection costs one chunk at most.
 */
export async function uploadResumably(
  source: FileSource,
  to: Destination,
  way: Way,
): Promise<void> {
  const { gate, deadline, maxRetries, onSent } = way;
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
  const step = async (own: Deadline) => {
    if (to.uploadId === undefined) {
      to.uploadId = await create(source, to, way, own);
      advance(0);
    } else if (!certain) {
      advance(await askOffset(to.uploadId, way, own));
    } else {
      certain = false;
      const chunk = { from: offset, to: Math.min(offset + chunkSize, size) };
      advance(await sendChunk(source, to.uploadId, chunk, way, own));
    }
  };

  while (offset < size) {
    try {
      await gate.through(deadline, step);
    } catch (error) {
      if (!isOnSwiftError(error)) throw error;
      // An earlier attempt got everything there, and only its answer was lost.
      if (to.uploadId === undefined && error.status === 409) break;
      const lost = to.uploadId !== undefined && (error.status === 404 || error.status === 410);
      if (lost) to.uploadId = undefined;
      const passing = lost || error.retryable || error.status === 409;
      if (!passing || failures >= maxRetries) throw error;
      certain = false;
      await deadline.sleep(pauseBefore(failures++, error));
    }
  }
}

async function create(
  source: FileSource,
  to: Destination,
  way: Way,
  own: Deadline,
): Promise<string> {
  const metadata = {
    bucketName: to.bucket,
    objectName: to.path,
    contentType: to.type,
    cacheControl: "3600",
  };
  const answer = await way.storage.send(own, {
    method: "POST",
    path: uploads,
    headers: {
      ...tus,
      "upload-length": String(source.size),
      "upload-metadata": Object.entries(metadata)
        .map(([name, value]) => `${name} ${btoa(value)}`)
        .join(","),
      "x-upsert": "false",
    },
  });
  // Only its last part matters: behind a proxy Storage may not know the address it has for others.
  const id = answer
    .header("location")
    ?.replace(/[?#].*|\/+$/g, "")
    .split("/")
    .at(-1);
  if (!id) throw unexpected("tells no address for the upload");
  return id;
}

async function askOffset(uploadId: string, way: Way, own: Deadline): Promise<number> {
  const path = `${uploads}/${uploadId}`;
  return offsetIn(await way.storage.send(own, { method: "HEAD", path, headers: tus }));
}

async function sendChunk(
  source: FileSource,
  uploadId: string,
  { from, to }: { readonly from: number; readonly to: number },
  way: Way,
  own: Deadline,
): Promise<number> {
  const body = await read(source, from, to, own);
  const answer = await way.storage.send(
    own,
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
    (bytes) => way.onSent(from + bytes),
  );
  return offsetIn(answer);
}

/** Gives up what was sent of a file. */
export async function dropUpload(storage: Storage, uploadId: string, own: Deadline): Promise<void> {
  await storage.send(own, { method: "DELETE", path: `${uploads}/${uploadId}`, headers: tus });
}

function offsetIn(answer: Receipt): number {
  const offset = Number(answer.header("upload-offset") ?? Number.NaN);
  if (Number.isNaN(offset)) throw unexpected("does not tell how much of the upload it has");
  return offset;
}

const unexpected = (what: string) =>
  new OnSwiftError({ code: "INTERNAL_ERROR", message: `Storage ${what}.` });
