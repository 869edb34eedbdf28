import type { JSONValue } from "postgres";
import type { Blob } from "./blobs.ts";
import type { Caller } from "./caller.ts";
import type { Storage } from "./context.ts";
import { noSuchBucket } from "./errors.ts";
import { type Asked, asCaller, asService, json, probe, type Transaction } from "./scope.ts";

export interface BucketRow {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly public: boolean;
  readonly type: string;
  readonly file_size_limit: string | number | null;
  readonly allowed_mime_types: string[] | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface ObjectMetadata {
  readonly eTag: string;
  readonly size: number;
  readonly mimetype: string;
  readonly cacheControl: string;
  readonly lastModified: string;
  readonly contentLength: number;
  readonly httpStatusCode: 200;
}

export interface ObjectRow {
  readonly id: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly version: string | null;
  readonly owner: string | null;
  readonly owner_id: string | null;
  readonly metadata: Partial<ObjectMetadata> | null;
  readonly user_metadata: Readonly<Record<string, unknown>> | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_accessed_at: Date;
}

/** Where something is, or is to be. */
export interface Place {
  readonly bucket: string;
  readonly name: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const uuidOrNull = (value: string | undefined) =>
  value !== undefined && uuid.test(value) ? value : null;

/** The bucket, read as the service: whoever works on objects needs no policy for buckets. */
export async function requireBucket(
  storage: Storage,
  asked: Asked,
  id: string,
): Promise<BucketRow> {
  const [bucket] = await asService(
    storage,
    asked,
    (tx) => tx<BucketRow[]>`select * from storage.buckets where id = ${id}`,
  );
  if (bucket === undefined) throw noSuchBucket();
  return bucket;
}

export async function findAsService(
  storage: Storage,
  asked: Asked,
  { bucket, name }: Place,
): Promise<ObjectRow | undefined> {
  const [row] = await asService(
    storage,
    asked,
    (tx) => tx<ObjectRow[]>`
      select * from storage.objects where bucket_id = ${bucket} and name = ${name}`,
  );
  return row;
}

/** The object, if the policies show it to the caller. */
export async function findAsCaller(
  storage: Storage,
  caller: Caller,
  asked: Asked,
  { bucket, name }: Place,
): Promise<ObjectRow | undefined> {
  const [row] = await asCaller(
    storage,
    caller,
    asked,
    (tx) => tx<ObjectRow[]>`
      select * from storage.objects where bucket_id = ${bucket} and name = ${name}`,
  );
  return row;
}

/** Fails unless the policies let the caller put something there. */
export function checkInsert(
  storage: Storage,
  caller: Caller,
  asked: Asked,
  { bucket, name }: Place,
  about: {
    readonly upsert: boolean;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly userMetadata?: unknown;
  },
): Promise<void> {
  return probe(storage, caller, asked, (tx) => {
    const insert = tx`
      insert into storage.objects
        (name, owner, owner_id, bucket_id, metadata, version, user_metadata)
      values (
        ${name}, ${uuidOrNull(caller.owner)}, ${caller.owner ?? null}, ${bucket},
        ${tx.json(about.metadata as JSONValue)}, '1', ${json(tx, about.userMetadata)}
      )`;
    if (!about.upsert) return insert;
    return tx`${insert}
      on conflict (name, bucket_id) do update
      set metadata = excluded.metadata, user_metadata = excluded.user_metadata,
        version = excluded.version, owner = excluded.owner, owner_id = excluded.owner_id
      returning *`;
  });
}

/**
 * Makes bytes on disk the object of that name, whatever was there before. The bytes before it, and the new
 * ones when the row cannot be written, are removed afterwards.
 */
export async function complete(
  storage: Storage,
  asked: Asked,
  { bucket, name }: Place,
  blob: Pick<Blob, "version">,
  about: {
    readonly owner: string | undefined;
    readonly metadata: ObjectMetadata;
    readonly userMetadata: unknown;
  },
): Promise<ObjectRow> {
  try {
    const { row, before } = await asService(storage, asked, async (tx) => {
      const before = await lock(tx, { bucket, name });
      const [row] = await tx<ObjectRow[]>`
        insert into storage.objects
          (name, owner, owner_id, bucket_id, metadata, version, user_metadata)
        values (
          ${name}, ${uuidOrNull(about.owner)}, ${about.owner ?? null}, ${bucket},
          ${tx.json(about.metadata as unknown as JSONValue)}, ${blob.version},
          ${json(tx, about.userMetadata)}
        )
        on conflict (name, bucket_id) do update
        set metadata = excluded.metadata, user_metadata = excluded.user_metadata,
          version = excluded.version, owner = excluded.owner, owner_id = excluded.owner_id
        returning *`;
      if (row === undefined) throw new Error("An upsert returned no row.");
      return { row, before };
    });
    if (before !== undefined) await storage.blobs.remove([before.version]);
    return row;
  } catch (error) {
    await storage.blobs.remove([blob.version]);
    throw error;
  }
}

/** One at a time per name, also where there is no row to lock yet. */
export async function lock(
  tx: Transaction,
  { bucket, name }: Place,
): Promise<ObjectRow | undefined> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${bucket}/${name}`}, 0))`;
  const [row] = await tx<ObjectRow[]>`
    select * from storage.objects where bucket_id = ${bucket} and name = ${name} for update`;
  return row;
}

export const metadataOf = (blob: Blob, mimetype: string, cacheControl: string): ObjectMetadata => ({
  eTag: `"${blob.md5}"`,
  size: blob.size,
  mimetype,
  cacheControl,
  lastModified: new Date().toISOString(),
  contentLength: blob.size,
  httpStatusCode: 200,
});
