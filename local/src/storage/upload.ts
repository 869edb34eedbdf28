import type { IncomingMessage } from "node:http";
import type { Caller } from "./caller.ts";
import type { Storage } from "./context.ts";
import { duplicate, tooLarge, unsupportedType } from "./errors.ts";
import { allowsType, checkKey } from "./names.ts";
import {
  type BucketRow,
  checkInsert,
  complete,
  findAsService,
  metadataOf,
  type ObjectRow,
  type Place,
  requireBucket,
} from "./objects.ts";
import { type Incoming, openBody } from "./receive.ts";
import type { Asked } from "./scope.ts";

export const sizeLimitOf = (storage: Storage, bucket: BucketRow): number =>
  Math.min(
    storage.sizeLimit,
    bucket.file_size_limit === null ? Number.POSITIVE_INFINITY : Number(bucket.file_size_limit),
  );

export function requireType(bucket: BucketRow, type: string): void {
  if (!allowsType(bucket.allowed_mime_types, type)) throw unsupportedType(type);
}

const formMargin = 2 * 1024 * 1024;

interface Body {
  readonly bucket: BucketRow;
  readonly incoming: Incoming;
  readonly request: IncomingMessage;
}

/** Who may write, and as whom: a caller that policies are asked about, or the holder of a signed address. */
export type Permission =
  | { readonly caller: Caller; readonly upsert: boolean }
  | { readonly owner: string | undefined; readonly upsert: boolean };

/**
 * One upload from its first byte to its row: type and policies first, then the bytes, then the row. Whatever
 * fails leaves neither.
 */
export async function upload(
  storage: Storage,
  asked: Asked,
  place: Place,
  permission: Permission,
  request: IncomingMessage,
): Promise<ObjectRow> {
  checkKey(place.name);
  const bucket = await requireBucket(storage, asked, place.bucket);
  const incoming = await openBody(request);
  // Until it is read to its end, a failure of the body is nobody's to handle but ours.
  incoming.bytes.on("error", () => undefined);
  try {
    return await take(storage, asked, place, permission, { bucket, incoming, request });
  } catch (error) {
    incoming.abandon();
    throw error;
  }
}

async function take(
  storage: Storage,
  asked: Asked,
  place: Place,
  permission: Permission,
  { bucket, incoming, request }: Body,
): Promise<ObjectRow> {
  const { mimeType, cacheControl, userMetadata } = incoming;
  requireType(bucket, mimeType);
  const announced = Number(request.headers["content-length"] ?? Number.NaN);
  if ("caller" in permission) {
    await checkInsert(storage, permission.caller, asked, place, {
      upsert: permission.upsert,
      metadata: {
        mimetype: mimeType,
        ...(Number.isNaN(announced) ? {} : { contentLength: announced }),
      },
      userMetadata,
    });
  } else if (!permission.upsert) {
    await refuseExisting(storage, asked, place);
  }

  const limit = sizeLimitOf(storage, bucket);
  // A form is a little longer than its file; bytes are counted as they come in any case.
  if (announced > limit + formMargin) throw tooLarge();
  const blob = await storage.blobs.write(incoming.bytes, limit);
  const owner = "caller" in permission ? permission.caller.owner : permission.owner;
  return complete(storage, asked, place, blob, {
    owner,
    metadata: metadataOf(blob, mimeType, cacheControl),
    userMetadata,
  });
}

/** A signed address without leave to replace is good for one object, once. */
async function refuseExisting(storage: Storage, asked: Asked, place: Place): Promise<void> {
  const existing = await findAsService(storage, asked, place);
  if (existing !== undefined) throw duplicate();
}
