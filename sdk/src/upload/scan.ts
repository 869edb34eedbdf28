import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { isOnSwiftError } from "../core/errors.ts";
import type { CallOptions } from "../core/options.ts";
import type { CleanFile } from "../types/files.ts";

const firstPause = 250;
const longestPause = 5_000;

/** Requests a file until its scan is finished, with growing pauses. */
export async function waitUntilClean(
  backend: Backend,
  fileId: string,
  deadline: Deadline,
  options?: CallOptions,
): Promise<CleanFile> {
  const operation = { name: "get_download", args: { fileId }, kind: "read" } as const;
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    try {
      return await backend.runWithin(deadline, operation, options);
    } catch (error) {
      if (!isOnSwiftError(error) || error.code !== "SCAN_PENDING") throw error;
      await deadline.sleep(pause);
    }
  }
}
