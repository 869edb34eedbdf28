import { fromDatabase } from "./database-errors.ts";
import { aborted, internal, StorageError } from "./errors.ts";

/** Converts any error to the response that the client receives. */
export function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const isDisconnect = code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
  // Broken database connections have the same codes, but their errors contain the query.
  if (isDisconnect && !("query" in (error as object))) return aborted(error);
  return fromDatabase(error) ?? internal(error);
}
