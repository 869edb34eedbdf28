import type { IncomingMessage } from "node:http";
import { single } from "../http/headers.ts";
import { invalidRequest, tooLarge } from "./errors.ts";
import { requireHeaderText } from "./media-types.ts";
import { readForm } from "./multipart.ts";
import type { UserMetadata } from "./objects.ts";

const maxMetadata = 1024 * 1024;

/** An upload whose properties are known before its first byte is read. */
export interface IncomingUpload {
  readonly type: string;
  readonly cacheControl: string;
  readonly contentEncoding: string | undefined;
  readonly userMetadata: UserMetadata | undefined;
  /** The request's `Content-Length`. For a form it is greater than the file's size. */
  readonly contentLength: number | undefined;
  /** Whether `contentLength` is the object's size. */
  readonly isExact: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads an upload's properties, from form fields or from the headers of a raw body. */
export async function readIncomingUpload(request: IncomingMessage): Promise<IncomingUpload> {
  const type = request.headers["content-type"] ?? "application/octet-stream";
  const length = request.headers["content-length"];
  const contentLength = length === undefined ? undefined : Number(length);
  if (!/^multipart\/form-data\b/i.test(type)) {
    const cacheControl = single(request.headers, "cache-control") ?? "no-cache";
    return {
      type,
      contentLength,
      isExact: true,
      cacheControl: requireHeaderText(cacheControl, "cache-control"),
      contentEncoding: single(request.headers, "content-encoding"),
      userMetadata: decodeUserMetadata(single(request.headers, "x-metadata")),
      bytes: chunksOf(request),
    };
  }
  const { fields, ...file } = await readForm(chunksOf(request)[Symbol.asyncIterator](), type);
  const maxAge = fields.get("cacheControl");
  const encoding = fields.get("contentEncoding");
  return {
    type: fields.get("contentType") || file.type || "application/octet-stream",
    contentLength,
    isExact: false,
    cacheControl: maxAge ? requireHeaderText(`max-age=${maxAge}`, "cacheControl") : "no-cache",
    contentEncoding:
      encoding === undefined ? undefined : requireHeaderText(encoding, "contentEncoding"),
    userMetadata: parseUserMetadata(fields.get("metadata") ?? fields.get("userMetadata")),
    bytes: file.bytes,
  };
}

/**
 * Iterates over the body's chunks. Stopping early does not close the connection, because the response with
 * the reason must still be sent.
 */
export function chunksOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }),
  };
}

const decodeUserMetadata = (base64: string | undefined) =>
  base64 === undefined
    ? undefined
    : parseUserMetadata(Buffer.from(base64, "base64").toString("utf8"));

/** Parses the client's metadata. Ignores anything except a JSON object, as upstream does. */
export function parseUserMetadata(text: string | null | undefined): UserMetadata | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  if (text.length > maxMetadata) throw tooLarge("user_metadata");
  try {
    const value: unknown = JSON.parse(text);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return isObject ? (value as UserMetadata) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a JSON body of at most 1 MiB. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.length;
    if (size > maxMetadata) throw tooLarge("body");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw invalidRequest("Body is not valid JSON");
  }
}
