import type { Tx } from "./access.ts";
import { noSuchKey } from "./errors.ts";
import { owners } from "./identity.ts";
import type { Place } from "./names.ts";

/** What Storage keeps about the bytes. Names are upstream's. */
export interface ObjectMetadata {
  readonly eTag?: string;
  readonly size?: number;
  readonly mimetype?: string;
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly lastModified?: string;
  readonly contentLength?: number;
  readonly httpStatusCode?: number;
}

export type UserMetadata = Readonly<Record<string, unknown>>;

export interface ObjectRow {
  readonly id: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly owner_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_accessed_at: Date;
  readonly metadata: ObjectMetadata | null;
  readonly version: string | null;
  readonly user_metadata: UserMetadata | null;
}

/** An object as it is about to be written. */
export interface Draft extends Place {
  readonly owner: string | undefined;
  readonly version: string;
  readonly metadata: ObjectMetadata;
  readonly userMetadata: UserMetadata | undefined;
}

const values = (tx: Tx, draft: Draft) => ({
  bucket_id: draft.bucket,
  name: draft.name,
  ...owners(draft.owner),
  version: draft.version,
  metadata: tx.json({ ...draft.metadata } as never),
  user_metadata: draft.userMetadata === undefined ? null : tx.json(draft.userMetadata as never),
});

/** Without `returning`: a new object needs no right to read. */
export async function insertObject(tx: Tx, draft: Draft): Promise<void> {
  await tx`insert into storage.objects ${tx(values(tx, draft))}`;
}

/** Replacing needs the rights to insert, to update and to read. */
export async function upsertObject(tx: Tx, draft: Draft): Promise<ObjectRow> {
  const [row] = await tx<[ObjectRow]>`
    insert into storage.objects ${tx(values(tx, draft))}
    on conflict (name, bucket_id) do update set
      metadata = excluded.metadata,
      user_metadata = excluded.user_metadata,
      version = excluded.version,
      owner = excluded.owner,
      owner_id = excluded.owner_id
    returning *`;
  return row;
}

export async function findObject(
  tx: Tx,
  { bucket, name }: Place,
  lock: "none" | "update" = "none",
): Promise<ObjectRow | undefined> {
  const [row] = await tx<ObjectRow[]>`
    select * from storage.objects where name = ${name} and bucket_id = ${bucket}
    ${lock === "update" ? tx`for update` : tx``}`;
  return row;
}

export async function requireObject(
  tx: Tx,
  place: Place,
  lock?: "none" | "update",
): Promise<ObjectRow> {
  const row = await findObject(tx, place, lock);
  if (row === undefined) throw noSuchKey();
  return row;
}

export async function findNames(
  tx: Tx,
  bucket: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ name: string }[]>`
    select name from storage.objects where bucket_id = ${bucket} and name = any(${[...names]})`;
  return new Set(rows.map(({ name }) => name));
}

/** Those that the caller sees and may delete; the others are passed over. */
export async function deleteObjects(
  tx: Tx,
  bucket: string,
  names: readonly string[],
): Promise<readonly ObjectRow[]> {
  return tx<ObjectRow[]>`
    delete from storage.objects where bucket_id = ${bucket} and name = any(${[...names]})
    returning *`;
}

export async function moveObject(
  tx: Tx,
  from: Place,
  to: Place & { readonly version: string; readonly owner: string | undefined },
): Promise<ObjectRow> {
  const { owner, owner_id } = owners(to.owner);
  const [row] = await tx<ObjectRow[]>`
    update storage.objects
    set name = ${to.name}, bucket_id = ${to.bucket}, version = ${to.version},
      owner = ${owner}, owner_id = ${owner_id}
    where name = ${from.name} and bucket_id = ${from.bucket}
    returning *`;
  if (row === undefined) throw noSuchKey();
  return row;
}

/** One writer an object at a time, also while there is no row to lock yet. */
export async function lockPlace(tx: Tx, { bucket, name }: Place): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${bucket}/${name}`}, 0))`;
}
