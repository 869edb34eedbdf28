import { invalid } from "../core/arguments.ts";
import type { Deadline } from "../core/deadline.ts";
import { OnSwiftError } from "../core/errors.ts";
import type { FileInput, FileSource, Slice } from "../types/files.ts";

/** A file to upload with all that has to be known of it. */
export interface Source extends FileSource {
  readonly type: string;
}

/** The types OnSwift takes, by extension: browsers leave the type of a file they do not know empty. */
const types: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  mp4: "video/mp4",
  mov: "video/quicktime",
  qt: "video/quicktime",
  pdf: "application/pdf",
  zip: "application/zip",
  rar: "application/x-rar-compressed",
};

/**
 * Any kind of input as a source. Which kinds and sizes are allowed is for the backend to say, and it says
 * so before the first byte is sent.
 */
export function sourceOf(input: FileInput, index: number): Source {
  const file = asSource(input);
  if (typeof file?.name !== "string" || typeof file.slice !== "function") {
    const message =
      "A file has to be a File, or { name, data } with a Blob or bytes, or something to slice.";
    throw invalid([{ field: `files[${index}]`, message }]);
  }
  const { name, size } = file;
  return { name, size, type: typeOf(file), slice: (start, end) => file.slice(start, end) };
}

function asSource(input: FileInput): FileSource | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  if (!("data" in input)) return input as FileSource;
  const { name, type, data } = input;
  if (data instanceof Blob) {
    const slice = (start: number, end: number) => data.slice(start, end);
    return { name, size: data.size, type: type || data.type, slice };
  }
  // A view on the bytes: none are copied.
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  return { name, size: bytes.length, type, slice: (start, end) => bytes.subarray(start, end) };
}

function typeOf({ name, type }: FileSource): string {
  if (type && type !== "application/octet-stream") return type;
  return types[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
}

/** A slice of a source. A file that has become shorter meanwhile would otherwise never be all there. */
export async function read(
  source: Source,
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
