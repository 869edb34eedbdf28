import { invalid } from "../core/arguments.ts";
import type { Deadline } from "../core/deadline.ts";
import { OnSwiftError } from "../core/errors.ts";
import type { FileInput, FileSource, Slice } from "../types/files.ts";

/**
 * Any kind of input as a source. Which types and sizes are allowed, and which type a name stands for, is
 * the backend's to say; it does so before the first byte is sent.
 */
export function sourceOf(input: FileInput, index: number): FileSource {
  const file = asSource(input);
  if (typeof file?.name !== "string" || typeof file.slice !== "function") {
    const message =
      "A file has to be a File, or { name, data } with a Blob or bytes, or something to slice.";
    throw invalid([{ field: `files[${index}]`, message }]);
  }
  return file;
}

function asSource(input: FileInput): FileSource | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  if (!("data" in input)) return input as FileSource;
  const { name, type, data } = input;
  if (data instanceof Blob) {
    const slice = (start: number, end: number) => data.slice(start, end);
    return { name, size: data.size, type: type || data.type, slice };
  }
  // Slices are views: nothing is copied.
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  return { name, size: bytes.length, type, slice: (start, end) => bytes.subarray(start, end) };
}

/** A slice of a source. A file that has become shorter meanwhile would otherwise never be all there. */
export async function read(
  source: FileSource,
  from: number,
  to: number,
  deadline: Deadline,
): Promise<Slice> {
  const slice = await deadline.race(Promise.resolve(source.slice(from, to)));
  if ((slice instanceof Blob ? slice.size : slice.byteLength) === to - from) return slice;
  throw new OnSwiftError({
    code: "FILE_MISMATCH",
    status: 400,
    message: `"${source.name}" changed while it was uploaded.`,
  });
}
