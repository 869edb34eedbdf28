import { retry } from "@std/async/retry.js";
import { headSize, matchType } from "../../_shared/file-type.ts";
import { ApiError, type FieldError } from "../http/errors.ts";
import type { CallDatabase, JsonContext } from "../operation.ts";
import { fileIdsIn } from "./mismatches.ts";
import { untilScanned } from "./until-scanned.ts";

/** A file that is going to be used, and the field of the request that names it. */
export interface Candidate {
  readonly fileId: string;
  readonly fileName: string;
  readonly mimeType: string;
  /** Undefined when they cannot be read now. The scan decides then. */
  readonly firstBytes: Uint8Array | undefined;
  readonly field: string;
}

type Services = Pick<JsonContext, "call" | "database" | "storage" | "claims" | "background">;

/**
 * Refuses a submission by ids if the bytes of a file show another type, before anything refers to the file.
 * Such a file is rejected at once, as by the scan. `fieldOf` names the field of the id at an index.
 */
export async function refuseFalseUploads(
  { call, database, storage, claims, background }: Services,
  files: unknown,
  fieldOf: (index: number) => string,
): Promise<void> {
  const ids = fileIdsIn(files);
  // The database names what is wrong with any other list.
  if (claims === undefined || ids.length === 0 || ids.length > maxFiles) return;
  if (ids.length !== [files].flat().length || !ids.every(isUuid)) return;
  const uploads = await database.unscannedUploads(claims.sub, ids);
  const candidates = await Promise.all(
    uploads.map(async ({ place, ...upload }) => {
      const reading = storage.readHead(upload, headSize);
      background(reading);
      const firstBytes = await reading.catch(() => undefined);
      return { ...upload, firstBytes, field: fieldOf(place) };
    }),
  );
  const { mismatching, unclear } = await sortOut(candidates);
  await Promise.all(mismatching.map(({ fileId }) => database.rejectUpload(claims.sub, fileId)));
  refuse(mismatching);
  await refuseRejected(call, unclear);
}

/** Of the files, those that show another type, and those whose bytes do not show a type. */
export async function sortOut(candidates: readonly Candidate[]) {
  const mismatching: Candidate[] = [];
  const unclear: Candidate[] = [];
  for (const candidate of candidates) {
    const { firstBytes, mimeType } = candidate;
    if (firstBytes === undefined) continue;
    const match = await matchType(firstBytes.subarray(0, headSize), mimeType);
    if (match === "mismatch") mismatching.push(candidate);
    if (match === "unknown") unclear.push(candidate);
  }
  return { mismatching, unclear };
}

/** Throws `FILE_MISMATCH` if there are files that show another type. */
export function refuse(mismatching: readonly Candidate[]): void {
  const [first] = mismatching;
  if (first === undefined) return;
  const details = mismatching.map(
    ({ field, fileName }): FieldError => ({ field, message: messageFor(fileName) }),
  );
  throw new ApiError("FILE_MISMATCH", messageFor(first.fileName), { details });
}

/** The sentence of the database for the same reason. */
const messageFor = (fileName: string) => `"${fileName}" does not have the declared type.`;

/**
 * Waits for the scan of uploaded files whose bytes do not show a type, and throws what it finds. Nearly all of
 * them will be rejected. While the scanner is down they are accepted: the scan will decide later.
 */
export async function refuseRejected(
  call: CallDatabase,
  unclear: readonly Candidate[],
): Promise<void> {
  await Promise.all(
    unclear.map(async ({ fileId, field }) => {
      const scanned = async () => {
        await call("confirm_upload", { fileId });
        const options = { ...untilScanned, isRetriable: isPending };
        await retry(() => call("get_download", { fileId }), options);
      };
      await scanned().catch((error: Error) => {
        if (!(error instanceof ApiError) || !verdicts.includes(error.code)) return;
        const { code, message, cause } = error;
        throw new ApiError(code, message, { details: [{ field, message }], cause });
      });
    }),
  );
}

/** Other errors of a file are reported by the operation that uses it. */
const verdicts: readonly string[] = ["FILE_MISMATCH", "FILE_INFECTED"];

const isPending = (error: unknown) => error instanceof ApiError && error.code === "SCAN_PENDING";

const maxFiles = 10;
const isUuid = (id: string) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id);
