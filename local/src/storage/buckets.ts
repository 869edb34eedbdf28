import type { Tx } from "./access.ts";
import { noSuchBucket } from "./errors.ts";

export interface Bucket {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly public: boolean;
  readonly type: string;
  readonly file_size_limit: number | null;
  readonly allowed_mime_types: readonly string[] | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The columns that API responses contain. Limits are bigint; every allowed value fits into a number. */
export const bucketColumns = (tx: Tx) => tx`
  id, name, coalesce(owner::text, '') as owner, coalesce(public, false) as public, type,
  file_size_limit::float8 as file_size_limit, allowed_mime_types, created_at, updated_at`;

/** A bucket as upstream answers for one; only lists have the type. */
export function presentBucket({ type: _type, ...bucket }: Bucket): Omit<Bucket, "type"> {
  return bucket;
}

export async function findBucket(tx: Tx, id: string): Promise<Bucket | undefined> {
  const [bucket] = await tx<Bucket[]>`
    select ${bucketColumns(tx)} from storage.buckets where id = ${id}`;
  return bucket;
}

export async function requireBucket(tx: Tx, id: string): Promise<Bucket> {
  const bucket = await findBucket(tx, id);
  if (bucket === undefined) throw noSuchBucket();
  return bucket;
}
