import { fromDatabase } from "./database-errors.ts";
import { aborted, internal, StorageError } from "./errors.ts";

/** What any failure is to the client. */
export function tellable(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const brokenOff = code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
  // The database's connections break off the same way; their errors tell the query they were at.
  if (brokenOff && !("query" in (error as object))) return aborted(error);
  return fromDatabase(error) ?? internal(error);
}
