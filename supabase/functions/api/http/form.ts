import { type MultipartPart, parseMultipart } from "@remix-run/multipart-parser";
import { z } from "zod";
import { hasType, notReadable, readBytes } from "./body.ts";
import { validationError } from "./errors.ts";
import { type Form, FormFile } from "./form-file.ts";
import { Room } from "./room.ts";

/** For text fields, names and boundaries around the files. */
const besides = 256 * 1024;
const limits = { maxHeaderSize: 4 * 1024, maxParts: 64 };

/** Forms are held whole, because a file's size has to be known before its first byte goes on. */
const room = new Room(64 * 1024 * 1024);

export const isForm = (headers: Headers) => hasType(headers, "multipart/form-data");

/** Waits for room for the request's form; it is taken until the returned function is called. */
export async function takeRoom(headers: Headers, form: Form): Promise<() => void> {
  const { maxBytes, tooLarge } = form;
  const most = maxBytes + besides;
  const declared = headers.get("content-length");
  const size = declared === null ? most : Number(declared);
  if (size > most) throw tooLarge();
  return room.take(size);
}

/** The form's fields as one object: texts, files, and lists where the schema has lists. */
export async function readForm(request: Request, form: Form): Promise<Record<string, unknown>> {
  const boundary = boundaryOf(request.headers);
  const bytes = await readBytes(request, form.maxBytes + besides, form.tooLarge);
  const fields: Record<string, unknown> = Object.create(null);
  let size = 0;
  for (const part of partsOf(bytes, boundary)) {
    const [name, value] = fieldOf(part);
    if (value === undefined) continue;
    if (value instanceof FormFile) size += value.bytes.length;
    add(fields, name, value, form.schema);
  }
  if (size > form.maxBytes) throw form.tooLarge();
  return fields;
}

/** As RFC 2046 has it: 1 to 70 characters of a small alphabet. */
function boundaryOf(headers: Headers): string {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]*)"|([^\s;"]+))/i.exec(headers.get("content-type") ?? "") ?? [];
  const boundary = quoted ?? plain ?? "";
  if (!/^[0-9A-Za-z'()+_,\-./:=? ]{1,70}$/.test(boundary)) {
    throw notReadable("The content type multipart/form-data needs a boundary");
  }
  return boundary;
}

function partsOf(bytes: Uint8Array, boundary: string): MultipartPart[] {
  if (bytes.length === 0) throw notReadable("A multipart/form-data body is required");
  const sizes = { maxFileSize: bytes.length, maxTotalSize: bytes.length };
  try {
    return [...parseMultipart(bytes, { boundary, ...limits, ...sizes })];
  } catch {
    throw notReadable("The body is not valid multipart/form-data with that boundary");
  }
}

/** Name and value of a part. A browser's file input that was left empty has no value. */
function fieldOf(part: MultipartPart): [string, string | FormFile | undefined] {
  try {
    const { name, headers } = part;
    if (name === undefined) throw new Error("A part without a name.");
    // Of what the parser calls a file, only that which has a name was meant as one.
    const { filename } = part;
    if (filename === undefined) return [name, part.text];
    if (filename === "" && part.size === 0) return [name, undefined];
    const [whole, ...more] = part.content;
    const bytes = whole !== undefined && more.length === 0 ? whole : part.bytes;
    return [name, new FormFile(filename, headers["content-type"], bytes)];
  } catch {
    throw notReadable("Each part needs a field name, and text in UTF-8");
  }
}

/** `files[]` is the same as `files`. What is no list and comes twice is ambiguous, and refused. */
function add(fields: Record<string, unknown>, sent: string, value: unknown, schema: z.ZodObject) {
  const listed = sent.replace(/\[\]$/, "");
  if (schema.shape[listed] instanceof z.ZodArray) {
    fields[listed] = [...((fields[listed] as unknown[]) ?? []), value];
    return;
  }
  if (sent in fields) {
    throw validationError([{ field: sent, message: "Must be given only once" }]);
  }
  fields[sent] = value;
}
