import { validationError } from "../core/arguments.ts";
import type { Deadline } from "../core/deadline.ts";
import { OnSwiftError } from "../core/errors.ts";
import type { FileInput, FileSource, Slice } from "../types/files.ts";

/**
 * Converts any kind of input to a source. The backend decides which types and sizes are allowed, before the
 * first byte is sent.
 */
export function sourceOf(input: FileInput, index: number): FileSource {
  const file = asSource(input);
  if (typeof file?.name !== "string" || typeof file.slice !== "function") {
    const message =
      "Pass a File, { name, data } with a Blob or bytes, or an object with name, size and slice().";
    throw validationError([{ field: `files[${index}]`, message }]);
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
  // The slices are views of the same memory.
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  return { name, size: bytes.length, type, slice: (start, end) => bytes.subarray(start, end) };
}

/** Reads a slice of a source. Throws if the file has become shorter: the upload could never finish. */
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
    message: `"${source.name}" changed during the upload. Upload it again.`,
  });
}
