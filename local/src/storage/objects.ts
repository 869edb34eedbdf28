import type { Tx } from "./access.ts";
import { noSuchKey } from "./errors.ts";
import { ownerColumns } from "./identity.ts";
import type { Place } from "./names.ts";

/** Metadata that Storage records about an object's bytes, with upstream's field names. */
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

/** The values of an object row to write. */
export interface Draft extends Place {
  readonly owner: string | undefined;
  readonly version: string;
  readonly metadata: ObjectMetadata;
  readonly userMetadata: UserMetadata | undefined;
}

const values = (tx: Tx, draft: Draft) => ({
  bucket_id: draft.bucket,
  name: draft.name,
  ...ownerColumns(draft.owner),
  version: draft.version,
  metadata: tx.json({ ...draft.metadata } as never),
  user_metadata: draft.userMetadata === undefined ? null : tx.json(draft.userMetadata as never),
});

/** Inserts without `returning`, so that the caller needs no right to select. */
export async function insertObject(tx: Tx, draft: Draft): Promise<void> {
  await tx`insert into storage.objects ${tx(values(tx, draft))}`;
}

/** Inserts or replaces a row. As the caller, this needs the rights to insert, update and select. */
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

/** Deletes the named objects that the caller can see and delete, and returns their rows. Skips the others. */
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
  const { owner, owner_id } = ownerColumns(to.owner);
  const [row] = await tx<ObjectRow[]>`
    update storage.objects
    set name = ${to.name}, bucket_id = ${to.bucket}, version = ${to.version},
      owner = ${owner}, owner_id = ${owner_id}
    where name = ${from.name} and bucket_id = ${from.bucket}
    returning *`;
  if (row === undefined) throw noSuchKey();
  return row;
}

/** Locks an object name until the transaction ends. Also works while no row exists for it. */
export async function lockPlace(tx: Tx, { bucket, name }: Place): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${bucket}/${name}`}, 0))`;
}
