import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Request, Storage } from "./context.ts";
import { noSuchKey, StorageError } from "./errors.ts";
import { safeContentType } from "./media-types.ts";
import type { ObjectRow } from "./objects.ts";
import { type ByteRange, parseRange } from "./range.ts";

const bufferSize = 128 * 1024;

/** Responds with an object's bytes, or the requested range of them. */
export async function deliver(
  storage: Storage,
  c: Request,
  object: ObjectRow,
  expires?: Date,
): Promise<Response> {
  const file = await storage.bytes.open(object.version);
  if (file === undefined) throw noSuchKey();
  try {
    const { size, mtime } = await file.stat();
    const modified = new Date(object.metadata?.lastModified ?? mtime);
    const etag = object.metadata?.eTag ?? `"${object.version}"`;
    const headers = deliveryHeaders(c, object, { modified, etag, expires });
    if (isNotModified(c, etag, modified)) return new Response(null, { status: 304, headers });

    const range = ifRangeMatches(c, etag, modified)
      ? parseRange(c.req.header("range"), size)
      : "none";
    if (range === "unsatisfiable") throw invalidRange(size);
    const { start, end }: ByteRange = range === "none" ? { start: 0, end: size - 1 } : range;
    headers.set("content-length", String(end - start + 1));
    if (range !== "none") headers.set("content-range", `bytes ${start}-${end}/${size}`);
    const status = range === "none" ? 200 : 206;
    if (c.req.method === "HEAD" || size === 0) return new Response(null, { status, headers });
    const { outgoing } = c.env;
    outgoing.writeHead(status, Object.fromEntries(headers));
    await send(file, start, end, outgoing);
    return RESPONSE_ALREADY_SENT;
  } finally {
    // The file stays open until it is sent: an object deleted meanwhile is still delivered completely.
    await file.close();
  }
}

/**
 * Sends bytes of a file with one small buffer, which is reused after each write completes: slow clients use
 * little memory. Stops when the client disconnects.
 */
async function send(
  file: FileHandle,
  start: number,
  end: number,
  outgoing: ServerResponse,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(bufferSize, end - start + 1));
  for (let at = start; at <= end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at + 1), at);
    const isCut = bytesRead === 0 || !(await writeChunk(outgoing, buffer.subarray(0, bytesRead)));
    if (isCut) {
      // The headers are sent, so only a closed connection shows the client that bytes are missing.
      outgoing.destroy();
      return;
    }
    at += bytesRead;
  }
  outgoing.end();
}

/** Writes one chunk. Resolves to false if the client disconnects first. */
const writeChunk = (outgoing: ServerResponse, chunk: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    const onClose = () => resolve(false);
    outgoing.once("close", onClose);
    outgoing.write(chunk, (error) => {
      outgoing.off("close", onClose);
      resolve(!error);
    });
  });

/** The headers of an object, or of an image that is made of it. */
export function deliveryHeaders(
  c: Request,
  { metadata }: ObjectRow,
  info: { readonly modified: Date; readonly etag: string; readonly expires: Date | undefined },
): Headers {
  const headers = new Headers({
    "accept-ranges": "bytes",
    "content-type": safeContentType(metadata?.mimetype ?? "application/octet-stream"),
    etag: info.etag,
    "last-modified": info.modified.toUTCString(),
    "x-robots-tag": "none",
    "x-content-type-options": "nosniff",
  });
  // A cache must not keep the response of a signed URL longer than the URL is valid.
  if (info.expires !== undefined) headers.set("expires", info.expires.toUTCString());
  else headers.set("cache-control", metadata?.cacheControl ?? "no-cache");
  if (metadata?.contentEncoding) headers.set("content-encoding", metadata.contentEncoding);
  const download = c.req.query("download");
  if (download !== undefined) headers.set("content-disposition", disposition(download));
  return headers;
}

function disposition(name: string): string {
  if (name === "") return "attachment;";
  const encoded = encodeURIComponent(name).replace(/['()*]/g, percent);
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded};`;
}

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

export function isNotModified(c: Request, etag: string, modified: Date): boolean {
  const known = c.req.header("if-none-match");
  if (known !== undefined) {
    const tags = known.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes(etag) || tags.includes("*");
  }
  const since = Date.parse(c.req.header("if-modified-since") ?? "");
  return Number.isFinite(since) && wholeSeconds(modified) <= since;
}

/** Evaluates `If-Range`: a range is useful only to a client that has the rest of the same version. */
function ifRangeMatches(c: Request, etag: string, modified: Date): boolean {
  const condition = c.req.header("if-range");
  if (condition === undefined || condition === etag) return true;
  return wholeSeconds(modified) === Date.parse(condition);
}

const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1000) * 1000;

const invalidRange = (size: number): StorageError =>
  new StorageError({
    code: "InvalidRange",
    status: 416,
    http: 416,
    error: "invalid_range",
    message: "invalid range provided",
    headers: { "content-range": `bytes */${size}` },
  });
