import type { Access, Tx } from "./access.ts";
import { type Bucket, requireBucket } from "./buckets.ts";
import type { Received } from "./bytes.ts";
import type { Storage } from "./context.ts";
import { isOutage } from "./database-errors.ts";
import { alreadyExists, tooLarge } from "./errors.ts";
import type { Incoming } from "./incoming.ts";
import { requireMediaType } from "./media-types.ts";
import type { Place } from "./names.ts";
import {
  type Draft,
  findObject,
  insertObject,
  lockPlace,
  type ObjectMetadata,
  type ObjectRow,
  type UserMetadata,
  upsertObject,
} from "./objects.ts";

/** What is uploaded where, by whom, and whether it may replace something. */
export interface Upload extends Place {
  readonly owner: string | undefined;
  readonly upsert: boolean;
}

/** Whether the caller may write there, asked of the policies by writing and rolling back. */
export function probeUpload(
  access: Access,
  upload: Upload,
  metadata: ObjectMetadata,
  userMetadata: UserMetadata | undefined,
): Promise<void> {
  const draft: Draft = { ...upload, version: "1", metadata, userMetadata };
  return access.probe((tx) => (upload.upsert ? upsertObject(tx, draft) : insertObject(tx, draft)));
}

/** The bytes an object of this bucket may have. */
export const limitOf = (storage: Storage, bucket: Bucket): number =>
  Math.min(storage.sizeLimit, bucket.file_size_limit ?? storage.sizeLimit);

/**
 * One upload, start to end: everything that can refuse it before a byte is read, then the bytes, then the
 * row. Whatever fails on the way takes the bytes with it; a crash leaves a version without a row, which
 * nobody can ask for and the next start removes.
 */
export async function upload(
  storage: Storage,
  access: Access,
  wanted: Upload,
  incoming: Incoming,
): Promise<ObjectRow> {
  const bucket = await access.asService((tx) => requireBucket(tx, wanted.bucket));
  requireMediaType(incoming.type, bucket.allowed_mime_types);
  const limit = limitOf(storage, bucket);
  if (incoming.isExact && (incoming.contentLength ?? 0) > limit) throw tooLarge();
  const { type: mimetype, contentLength, userMetadata } = incoming;
  const known = { mimetype, ...(contentLength === undefined ? {} : { contentLength }) };
  await probeUpload(access, wanted, known, userMetadata);
  const received = await storage.bytes.receive(incoming.bytes, limit);
  return complete(storage, access, wanted, received, {
    mimetype,
    userMetadata,
    cacheControl: incoming.cacheControl,
    contentEncoding: incoming.contentEncoding,
  });
}

/** What is known about an object beside its bytes. */
export interface About {
  readonly mimetype: string;
  readonly cacheControl: string;
  readonly contentEncoding?: string | undefined;
  readonly userMetadata: UserMetadata | undefined;
}

/** Makes received bytes an object, as the service; what it replaces goes once that is committed. */
export async function complete(
  storage: Storage,
  access: Access,
  wanted: Upload,
  received: Received,
  about: About,
): Promise<ObjectRow> {
  const draft: Draft = {
    ...wanted,
    version: received.version,
    metadata: metadataOf(received, about),
    userMetadata: about.userMetadata,
  };
  return write(storage, access, draft, wanted.upsert);
}

/** Writes the final row of bytes that are in place, and drops them when it may not be written. */
export async function write(
  storage: Storage,
  access: Access,
  draft: Draft,
  upsert: boolean,
): Promise<ObjectRow> {
  const place = { bucket: draft.bucket, name: draft.name };
  const { row, replaced } = await access
    .asService(async (tx: Tx) => {
      await lockPlace(tx, place);
      const current = await findObject(tx, place, "update");
      // Somebody else was faster since the probe: only an upsert replaces.
      if (current !== undefined && !upsert && current.version !== draft.version) {
        throw alreadyExists("Key");
      }
      return { row: await upsertObject(tx, draft), replaced: current?.version };
    })
    .catch(async (error) => {
      // With the connection gone nobody knows whether it was committed: then the next start decides.
      if (!isOutage(error)) await storage.bytes.remove(draft.version);
      throw error;
    });
  if (replaced !== draft.version) await storage.bytes.remove(replaced);
  return row;
}

export function metadataOf(received: Pick<Received, "size" | "eTag">, about: About) {
  const { size, eTag } = received;
  return {
    eTag,
    size,
    mimetype: about.mimetype,
    cacheControl: about.cacheControl,
    ...(about.contentEncoding === undefined ? {} : { contentEncoding: about.contentEncoding }),
    lastModified: new Date().toISOString(),
    contentLength: size,
    httpStatusCode: 200,
  };
}
