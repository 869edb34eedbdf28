import { ApiError } from "../http/errors.ts";
import type { CallDatabase } from "../operation.ts";

/**
 * A submission that fails because a file does not match its reservation is rolled back as a whole, also the
 * rejection of that file. Confirming the files on their own makes the rejection permanent.
 */
export async function discardMismatchesOnFailure(
  call: CallDatabase,
  fileIds: readonly string[],
  submitting: Promise<string>,
): Promise<string> {
  return await submitting.catch(async (error: unknown) => {
    if (error instanceof ApiError && error.code === "FILE_MISMATCH") {
      await Promise.allSettled(fileIds.map((fileId) => call("confirm_upload", { fileId })));
    }
    throw error;
  });
}

/** The ids in a list `[{fileId}]`, or in one such object. Other values that were sent are skipped. */
export const fileIdsIn = (files: unknown): readonly string[] =>
  ([files].flat() as readonly ({ fileId?: unknown } | null | undefined)[])
    .map((file) => file?.fileId)
    .filter((id) => typeof id === "string");
