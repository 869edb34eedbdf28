import { type MultipartPart, parseMultipart } from "@remix-run/multipart-parser";
import { invalidBody, readBytes } from "./body.ts";
import { type ApiError, validationError } from "./errors.ts";
import { hasType, typeParameter } from "./media-type.ts";
import { MemoryBudget, type Room } from "./memory-budget.ts";
import { storable } from "./text.ts";

/** A file of a form. The caller chose its name and type. */
export class FormFile {
  readonly name: string;
  readonly type: string | undefined;
  readonly bytes: Uint8Array;

  constructor(name: string, type: string | undefined, bytes: Uint8Array) {
    this.name = name;
    this.type = type;
    this.bytes = bytes;
  }
}

/** How an operation accepts files as `multipart/form-data`. */
export interface Form {
  /** The field with the file, or with the files when it is `files`. */
  readonly fileField: "files" | "file" | "avatar";
  /** The limit for all files together. */
  readonly maxBytes: number;
  readonly tooLarge: () => ApiError;
}

export type FormValue = string | FormFile;

export interface ReceivedForm {
  readonly files: readonly FormValue[];
  /** All other fields. */
  readonly fields: Readonly<Record<string, FormValue>>;
}

/** For the text fields, names and boundaries around the files. */
const overheadBytes = 256 * 1024;
const limits = { maxHeaderSize: 4 * 1024, maxParts: 64 };

/** A form is held in memory as a whole, because Storage needs the size of a file before its first byte. */
const megabyte = 1024 * 1024;
const memory = new MemoryBudget({ bytes: 64 * megabyte, share: 32 * megabyte });

export const isForm = (headers: Headers): boolean => hasType(headers, "multipart/form-data");

/** Memory for the form of a request. Close it when the request has been answered. */
export const roomFor = (owner: string): Room => memory.open(owner);

export async function readForm(request: Request, form: Form, room: Room): Promise<ReceivedForm> {
  const boundary = boundaryOf(request.headers);
  const bytes = await readBytes(request, form.maxBytes + overheadBytes, form.tooLarge, room);
  room.complete();
  const files: FormValue[] = [];
  const fields: Record<string, FormValue> = Object.create(null);
  let size = 0;
  for (const part of partsOf(bytes, boundary)) {
    const [name, value] = fieldOf(part);
    if (value === undefined) continue;
    if (value instanceof FormFile) size += value.bytes.length;
    if (isFileField(name, form)) {
      if (form.fileField !== "files" && files.length > 0) throw repeated(name);
      files.push(value);
    } else {
      if (name in fields) throw repeated(name);
      fields[name] = value;
    }
  }
  if (size > form.maxBytes) throw form.tooLarge();
  return { files, fields };
}

/** `files[]` is the same as `files`. */
const isFileField = (name: string, { fileField }: Form): boolean =>
  name === fileField || (fileField === "files" && name === "files[]");

const repeated = (field: string) =>
  validationError([{ field, message: "A field must be sent only once." }]);

/** 1 to 70 characters, as RFC 2046 defines them. */
function boundaryOf(headers: Headers): string {
  const boundary = typeParameter(headers, "boundary") ?? "";
  if (!/^[0-9A-Za-z'()+_,\-./:=? ]{1,70}$/.test(boundary)) {
    throw invalidBody("The content type multipart/form-data must have a boundary.");
  }
  return boundary;
}

function partsOf(bytes: Uint8Array, boundary: string): MultipartPart[] {
  if (bytes.length === 0) throw invalidBody("Body must be multipart/form-data.");
  const sizes = { maxFileSize: bytes.length, maxTotalSize: bytes.length };
  try {
    return [...parseMultipart(bytes, { boundary, ...limits, ...sizes })];
  } catch {
    throw invalidBody("Body must be valid multipart/form-data with the declared boundary.");
  }
}

/** Returns name and value of a part. The empty file input of a browser has no value. */
function fieldOf(part: MultipartPart): [string, FormValue | undefined] {
  try {
    const { name, headers } = part;
    if (name === undefined) throw new Error("A part has no name.");
    // The parser also calls some parts without a file name a file.
    const filename = fileNameOf(part);
    if (filename === undefined) return [name, storable(part.text)];
    if (filename === "" && part.size === 0) return [name, undefined];
    const [whole, ...more] = part.content;
    const bytes = whole !== undefined && more.length === 0 ? whole : part.bytes;
    return [name, new FormFile(storable(filename), typeOf(headers), bytes)];
  } catch {
    throw invalidBody("Each part of the form must have a field name, and text in UTF-8.");
  }
}

const typeOf = (headers: MultipartPart["headers"]): string | undefined => {
  const type = headers["content-type"];
  return type === undefined ? undefined : storable(type);
};

/**
 * Browsers write three characters of a name as `%22`, `%0D` and `%0A` and leave every other `%` as it is.
 * A name in the form `filename*` is decoded by the parser.
 */
function fileNameOf({ filename, headers }: MultipartPart): string | undefined {
  if (filename === undefined || /;\s*filename\*=/i.test(headers["content-disposition"] ?? "")) {
    return filename;
  }
  return filename.replace(/%22|%0D|%0A/g, decodeURIComponent);
}
