import { findBucket } from "./buckets.ts";
import { openTrusted, type Request, type Storage } from "./context.ts";
import { noSuchBucket, notImplemented } from "./errors.ts";
import type { Place } from "./names.ts";
import { type ObjectRow, requireObject } from "./objects.ts";

/** Finds an object of a public bucket, for anyone. */
export function findPublic(
  storage: Storage,
  c: Request,
  place: Place,
  operation: string,
): Promise<ObjectRow> {
  rejectVersionId(c);
  return openTrusted(storage, c, operation).asService(async (tx) => {
    const bucket = await findBucket(tx, place.bucket);
    if (bucket?.public !== true) throw noSuchBucket();
    return requireObject(tx, place);
  });
}

/** Finds the object of a signed URL, whose token the route has checked. */
export function findSigned(
  storage: Storage,
  c: Request,
  place: Place,
  operation: string,
): Promise<ObjectRow> {
  rejectVersionId(c);
  return openTrusted(storage, c, operation).asService((tx) => requireObject(tx, place));
}

/** Rejects `versionId`: older versions are not kept, and the current one must not be served instead. */
export function rejectVersionId(c: Request): void {
  if (c.req.query("versionId") !== undefined) throw notImplemented("object versions");
}
