import type { Sql } from "../_shared/database.ts";

/** A file that waits for its scan, as `private.claim_scans` returns it. */
export interface QueuedScan {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  /** The bucket for the published picture; null for everything but avatars. */
  readonly publishTo: string | null;
  readonly fileSize: number;
  readonly mimeType: string;
  readonly objectVersion: string | null;
  /** How many workers claimed the file and were ended before they reported a result. */
  readonly unreported: number;
}

/** An object to remove, as `private.claim_removals` returns it. */
export interface QueuedRemoval {
  readonly bucket: string;
  readonly path: string;
}

/** Why a file is rejected. The database has a message for each. */
export type Failure = "missing" | "size" | "type" | "dimensions" | "unreadable";

/** How much is waiting in each queue, for monitoring. */
export interface QueueLengths {
  readonly scans: { readonly waiting: number; readonly failing: number };
  readonly removals: { readonly waiting: number; readonly failing: number };
}

/**
 * The two queues in the database. A claimed row is hidden from other workers for some minutes; when its
 * worker dies, another one claims it afterwards. The database decides when a failure is tried again.
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
  lengths(): Promise<QueueLengths>;
}

export const databaseQueue = (sql: Sql): Queue => ({
  claimScans: (limit) =>
    sql<QueuedScan[]>`select file_id as "fileId", bucket_id as bucket, path,
        publish_to as "publishTo", file_size::integer as "fileSize", mime_type as "mimeType",
        object_version as "objectVersion", unreported
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
  lengths: async () => {
    const [row] = await sql<{ lengths: QueueLengths }[]>`
      select private.waiting_files() as lengths`;
    if (row === undefined) throw new Error("private.waiting_files() returned no row.");
    return row.lengths;
  },
});
