/**
 * Helpers that need a file system, for Node and Deno. The rest of the SDK does not need one.
 *
 * @module
 */
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileSource } from "./types/files.ts";

export type { FileSource };

/**
 * Returns a file on disk to upload. It is read in slices while it is sent, and is never in memory as a whole.
 * Rejects if the file does not exist. `name` and `type` override those of the path.
 *
 * @example
 * ```ts
 * const files = [await fileFromPath("cut.mp4")];
 * await onswift.deliverables.submit({ projectId, taskId, title: "Rough cut", files }).orThrow();
 * ```
 */
export async function fileFromPath(
  path: string | URL,
  overrides: { readonly name?: string | undefined; readonly type?: string | undefined } = {},
): Promise<FileSource> {
  const filePath = typeof path === "string" ? path : fileURLToPath(path);
  const { size } = await stat(filePath);
  return {
    name: overrides.name ?? basename(filePath),
    size,
    type: overrides.type,
    slice: (start, end) => readSlice(filePath, start, end),
  };
}

async function readSlice(path: string, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  const file = await open(path);
  try {
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}
