import type { Sql } from "../_shared/database.ts";

/** A file that waits for its scan, as `private.claim_scans` hands it out. */
export interface QueuedScan {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  /** The bucket that gets the published picture; avatars only. */
  readonly publishTo: string | null;
  readonly fileSize: number;
  readonly mimeType: string;
  readonly objectVersion: string | null;
}

/** An object to be removed, as `private.claim_removals` hands it out. */
export interface QueuedRemoval {
  readonly bucket: string;
  readonly path: string;
}

/** Why a file is not kept. The database has a sentence for each. */
export type Failure = "missing" | "size" | "type" | "dimensions" | "unreadable";

/** What waits, for those who look. */
export interface Waiting {
  readonly scans: { readonly waiting: number; readonly failing: number };
  readonly removals: { readonly waiting: number; readonly failing: number };
}

/**
 * The two queues in the database. Claiming hides a row from other workers for some minutes; a worker
 * that dies in the middle leaves it to the next one. Of what failed the database decides when it is
 * tried again.
 */
export interface Queue {
  claimScans(limit: number): Promise<readonly QueuedScan[]>;
  clean(file: QueuedScan): Promise<void>;
  infected(file: QueuedScan): Promise<void>;
  rejected(file: QueuedScan, failure: Failure): Promise<void>;
  scanFailed(file: QueuedScan, reason: string): Promise<void>;
  claimRemovals(limit: number): Promise<readonly QueuedRemoval[]>;
  removed(object: QueuedRemoval): Promise<void>;
  removalFailed(object: QueuedRemoval, reason: string): Promise<void>;
  waiting(): Promise<Waiting>;
}

export const databaseQueue = (sql: Sql): Queue => ({
  claimScans: (limit) =>
    sql<QueuedScan[]>`select file_id as "fileId", bucket_id as bucket, path,
        publish_to as "publishTo", file_size::integer as "fileSize", mime_type as "mimeType",
        object_version as "objectVersion"
      from private.claim_scans(${limit})`,
  clean: async ({ fileId, objectVersion }) => {
    await sql`select private.scan_clean(${fileId}, ${objectVersion})`;
  },
  infected: async ({ fileId }) => {
    await sql`select private.scan_infected(${fileId})`;
  },
  rejected: async ({ fileId }, failure) => {
    await sql`select private.scan_rejected(${fileId}, ${failure})`;
  },
  scanFailed: async ({ fileId }, reason) => {
    await sql`select private.scan_failed(${fileId}, ${reason})`;
  },
  claimRemovals: (limit) =>
    sql<QueuedRemoval[]>`select bucket_id as bucket, path from private.claim_removals(${limit})`,
  removed: async ({ bucket, path }) => {
    await sql`select private.removal_done(${bucket}, ${path})`;
  },
  removalFailed: async ({ bucket, path }, reason) => {
    await sql`select private.removal_failed(${bucket}, ${path}, ${reason})`;
  },
  waiting: async () => {
    const [row] = await sql<{ waiting: Waiting }[]>`select private.waiting_files() as waiting`;
    if (row === undefined) throw new Error("The database did not answer.");
    return row.waiting;
  },
});
