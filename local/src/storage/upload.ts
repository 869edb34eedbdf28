import type { Access, Tx } from "./access.ts";
import { type Bucket, requireBucket } from "./buckets.ts";
import type { ReceivedBytes } from "./byte-store.ts";
import type { Storage } from "./context.ts";
import { isOutage } from "./database-errors.ts";
import { alreadyExists, tooLarge } from "./errors.ts";
import type { IncomingUpload } from "./incoming-upload.ts";
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

/** The target of an upload: bucket and name, owner, and whether it can replace an object. */
export interface Upload extends Place {
  readonly owner: string | undefined;
  readonly upsert: boolean;
}

/** Throws if the policies do not let the caller write there. Checks by writing and rolling back. */
export function probeUpload(
  access: Access,
  upload: Upload,
  metadata: ObjectMetadata,
  userMetadata: UserMetadata | undefined,
): Promise<void> {
  const draft: Draft = { ...upload, version: "1", metadata, userMetadata };
  return access.probe((tx) => (upload.upsert ? upsertObject(tx, draft) : insertObject(tx, draft)));
}

/** Maximum size of an object in this bucket, in bytes. */
export const limitOf = (storage: Storage, bucket: Bucket): number =>
  Math.min(storage.sizeLimit, bucket.file_size_limit ?? storage.sizeLimit);

/**
 * Runs one upload: all checks before the first byte is read, then the bytes, then the row. A failure removes
 * the bytes. A crash leaves a version without a row; it is unreachable, and the next start removes it.
 */
export async function upload(
  storage: Storage,
  access: Access,
  target: Upload,
  incoming: IncomingUpload,
): Promise<ObjectRow> {
  const bucket = await access.asService((tx) => requireBucket(tx, target.bucket));
  requireMediaType(incoming.type, bucket.allowed_mime_types);
  const limit = limitOf(storage, bucket);
  if (incoming.isExact && (incoming.contentLength ?? 0) > limit) throw tooLarge();
  const { type: mimetype, contentLength, userMetadata } = incoming;
  const metadata = { mimetype, ...(contentLength === undefined ? {} : { contentLength }) };
  await probeUpload(access, target, metadata, userMetadata);
  const received = await storage.bytes.receive(incoming.bytes, limit);
  return storeObject(storage, access, target, received, {
    mimetype,
    userMetadata,
    cacheControl: incoming.cacheControl,
    contentEncoding: incoming.contentEncoding,
  });
}

/** The properties of an object that the uploader sets. */
export interface ObjectProperties {
  readonly mimetype: string;
  readonly cacheControl: string;
  readonly contentEncoding?: string | undefined;
  readonly userMetadata: UserMetadata | undefined;
}

/** Turns received bytes into an object, as the service. Removes replaced bytes after the commit. */
export async function storeObject(
  storage: Storage,
  access: Access,
  target: Upload,
  received: ReceivedBytes,
  properties: ObjectProperties,
): Promise<ObjectRow> {
  const draft: Draft = {
    ...target,
    version: received.version,
    metadata: metadataOf(received, properties),
    userMetadata: properties.userMetadata,
  };
  return writeRow(storage, access, draft, target.upsert);
}

/** Writes the row for bytes that are on disk. Removes the bytes if the write fails. */
export async function writeRow(
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
      // Another upload created the object since the probe. Only an upsert can replace it.
      if (current !== undefined && !upsert && current.version !== draft.version) {
        throw alreadyExists("Key");
      }
      return { row: await upsertObject(tx, draft), replaced: current?.version };
    })
    .catch(async (error) => {
      // After a lost connection it is unknown whether the commit happened, so the next start cleans up.
      if (!isOutage(error)) await storage.bytes.remove(draft.version);
      throw error;
    });
  if (replaced !== draft.version) await storage.bytes.remove(replaced);
  return row;
}

export function metadataOf(
  received: Pick<ReceivedBytes, "size" | "eTag">,
  properties: ObjectProperties,
) {
  const { size, eTag } = received;
  return {
    eTag,
    size,
    mimetype: properties.mimetype,
    cacheControl: properties.cacheControl,
    ...(properties.contentEncoding === undefined
      ? {}
      : { contentEncoding: properties.contentEncoding }),
    lastModified: new Date().toISOString(),
    contentLength: size,
    httpStatusCode: 200,
  };
}
