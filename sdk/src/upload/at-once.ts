import { isOnSwiftError } from "../core/errors.ts";
import { withRetries } from "../core/retry.ts";
import type { FileSource } from "../types/files.ts";
import type { Destination, Way } from "./resumable.ts";
import { read } from "./source.ts";
import { inAddress } from "./storage.ts";

/** Uploads a small file in one request. */
export async function uploadAtOnce(source: FileSource, to: Destination, way: Way): Promise<void> {
  const { storage, gate, deadline, maxRetries, onSent } = way;
  const attempt = () =>
    gate.through(deadline, async (own) => {
      onSent(0);
      const body = await read(source, 0, source.size, own);
      const path = `/storage/v1/object/${to.bucket}/${inAddress(to.path)}`;
      const headers = {
        "content-type": to.type,
        "cache-control": "max-age=3600",
        "x-upsert": "false",
      };
      await storage.send(own, { method: "POST", path, headers, body }, onSent);
    });
  try {
    await withRetries(maxRetries, deadline, attempt);
  } catch (error) {
    // The place is this file's alone: an earlier attempt got it there, and only its answer was lost.
    if (!isOnSwiftError(error) || error.status !== 409) throw error;
  }
  onSent(source.size);
}
