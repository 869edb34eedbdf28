import { isOnSwiftError } from "../core/errors.ts";
import { withRetries } from "../core/retry.ts";
import type { FileSource } from "../types/files.ts";
import { attempt } from "./attempt.ts";
import { encodePath } from "./path.ts";
import type { Destination, UploadContext } from "./resumable.ts";
import { read } from "./source.ts";

/** Uploads a small file in one request. */
export async function uploadAtOnce(
  source: FileSource,
  to: Destination,
  context: UploadContext,
): Promise<void> {
  const { storage, gate, deadline, maxRetries, onSent } = context;
  const send = () =>
    attempt(gate, deadline, async (requestDeadline) => {
      onSent(0);
      const body = await read(source, 0, source.size, requestDeadline);
      const path = `/storage/v1/object/${to.bucket}/${encodePath(to.path)}`;
      const headers = {
        "content-type": to.type,
        "cache-control": "max-age=3600",
        "x-upsert": "false",
      };
      await storage.send(requestDeadline, { method: "POST", path, headers, body }, onSent);
    });
  try {
    await withRetries(maxRetries, deadline, send);
  } catch (error) {
    // The path belongs to this file alone: an earlier attempt succeeded, and only its response was lost.
    if (!isOnSwiftError(error) || error.status !== 409) throw error;
  }
  onSent(source.size);
}
