import type { IncomingMessage } from "node:http";
import { single } from "../http/headers.ts";
import { invalidRequest, tooLarge } from "./errors.ts";
import { requireHeaderText } from "./media-types.ts";
import { readForm } from "./multipart.ts";
import type { UserMetadata } from "./objects.ts";

const maxMetadata = 1024 * 1024;

/** What a client wants to store: everything about it is known before its first byte is read. */
export interface Incoming {
  readonly type: string;
  readonly cacheControl: string;
  readonly contentEncoding: string | undefined;
  readonly userMetadata: UserMetadata | undefined;
  /** What the request says about its length; a form's is longer than its file. */
  readonly contentLength: number | undefined;
  /** Whether that length is the object's. */
  readonly isExact: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads an upload's head, from a form or from the headers of a bare body. */
export async function readIncoming(request: IncomingMessage): Promise<Incoming> {
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
      userMetadata: decodedMetadata(single(request.headers, "x-metadata")),
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
    userMetadata: parsedMetadata(fields.get("metadata") ?? fields.get("userMetadata")),
    bytes: file.bytes,
  };
}

/**
 * The body's chunks. Stopping early leaves the connection alone: it still has to carry the answer that says
 * why nothing more is read.
 */
export function chunksOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }),
  };
}

const decodedMetadata = (base64: string | undefined) =>
  base64 === undefined ? undefined : parsedMetadata(Buffer.from(base64, "base64").toString("utf8"));

/** Free data of the client's own. What is no JSON object is passed over, as upstream does. */
export function parsedMetadata(text: string | null | undefined): UserMetadata | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  if (text.length > maxMetadata) throw tooLarge("metadata");
  try {
    const value: unknown = JSON.parse(text);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return isObject ? (value as UserMetadata) : undefined;
  } catch {
    return undefined;
  }
}

/** A JSON body, which is always small. */
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
