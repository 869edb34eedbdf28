/**
 * What needs a file system: for Node, and for Deno, which has Node's. The SDK itself runs without.
 *
 * @module
 */
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileSource } from "./types/files.ts";

export type { FileSource };

/**
 * A file on disk to upload. It is read slice by slice as it is sent and never as a whole in
 * memory. Rejects where there is no such file.
 *
 * @example
 * ```ts
 * const files = [await fileFromPath("cut.mp4")];
 * await onswift.deliverables.submit({ projectId, taskId, title: "Rough cut", files }).orThrow();
 * ```
 */
export async function fileFromPath(
  path: string | URL,
  about: { readonly name?: string | undefined; readonly type?: string | undefined } = {},
): Promise<FileSource> {
  const place = typeof path === "string" ? path : fileURLToPath(path);
  const { size } = await stat(place);
  return {
    name: about.name ?? basename(place),
    size,
    type: about.type,
    slice: (start, end) => readSlice(place, start, end),
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
