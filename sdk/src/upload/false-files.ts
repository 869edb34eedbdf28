import type { Backend } from "../core/backend.ts";
import { type FieldError, isOnSwiftError, OnSwiftError } from "../core/errors.ts";
import type { FileSource } from "../types/files.ts";
import { matchFirstBytes } from "./first-bytes.ts";
import { waitUntilClean } from "./scan.ts";

/** How long a file whose bytes show no type waits for its scan. */
const scanMs = 10_000;

/** Codes that end the upload of a file for good. */
export const verdicts: readonly string[] = ["FILE_MISMATCH", "FILE_INFECTED"];

/** A file of a task that is going to be sent. */
interface OpenFile {
  readonly index: number;
  readonly source: FileSource;
  readonly type: string;
}

/**
 * Throws `FILE_MISMATCH` if the bytes of a file show another type. Returns the indexes of those whose bytes do not
 * show a type.
 */
export async function refuseFalseFiles(files: readonly OpenFile[]): Promise<ReadonlySet<number>> {
  const unclear = new Set<number>();
  const details: FieldError[] = [];
  for (const { index, source, type } of files) {
    const match = await matchFirstBytes(source, type);
    if (match === "unknown") unclear.add(index);
    if (match !== "mismatch") continue;
    const message = `"${source.name}" does not have the declared type.`;
    details.push({ field: `files[${index}]`, message });
  }
  const [first] = details;
  if (first === undefined) return unclear;
  const { message } = first;
  throw new OnSwiftError({ code: "FILE_MISMATCH", status: 400, message, details });
}

/**
 * Waits for the scan of an uploaded file whose bytes show no type, so that nothing is submitted that the scan takes
 * away, and throws what the scan finds. While the scanner is down the file is accepted: the scan decides later.
 */
export async function refuseRejected(
  backend: Backend,
  fileId: string,
  index: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waiting = backend.within({ signal, timeoutMs: scanMs }, (deadline) =>
    waitUntilClean(backend, fileId, deadline),
  );
  await waiting.catch((error: unknown) => {
    if (!isOnSwiftError(error)) throw error;
    const { code, status, message } = error;
    if (!verdicts.includes(code)) return;
    const details = [{ field: `files[${index}]`, message }];
    throw new OnSwiftError({ code, status, message, details, cause: error });
  });
}
