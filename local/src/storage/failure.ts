import { fromDatabase } from "./database-errors.ts";
import { aborted, internal, StorageError } from "./errors.ts";

/** What any failure is to the client. */
export function tellable(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") return aborted(error);
  return fromDatabase(error) ?? internal(error);
}
