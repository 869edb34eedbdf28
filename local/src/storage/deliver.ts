import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Request, Storage } from "./context.ts";
import { noSuchKey, StorageError } from "./errors.ts";
import { harmless } from "./media-types.ts";
import type { ObjectRow } from "./objects.ts";
import { type Span, spanOf } from "./range.ts";

const bufferSize = 128 * 1024;

/** Answers with an object's bytes, or the part of them that was asked for. */
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
    const headers = headersOf(c, object, { modified, etag, expires });
    if (isUnchanged(c, etag, modified)) return new Response(null, { status: 304, headers });

    const span = isSameAsBefore(c, etag, modified) ? spanOf(c.req.header("range"), size) : "none";
    if (span === "unsatisfiable") throw invalidRange(size);
    const { start, end }: Span = span === "none" ? { start: 0, end: size - 1 } : span;
    headers.set("content-length", String(end - start + 1));
    if (span !== "none") headers.set("content-range", `bytes ${start}-${end}/${size}`);
    const status = span === "none" ? 200 : 206;
    if (c.req.method === "HEAD" || size === 0) return new Response(null, { status, headers });
    const { outgoing } = c.env;
    outgoing.writeHead(status, Object.fromEntries(headers));
    await send(file, start, end, outgoing);
    return RESPONSE_ALREADY_SENT;
  } finally {
    // Open for as long as it is read: what is deleted meanwhile still arrives whole.
    await file.close();
  }
}

/**
 * One buffer for the whole of it, used again as soon as the connection took what it holds: many slow readers
 * cost next to nothing. A reader that goes away ends it.
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
    const isGone = bytesRead === 0 || !(await written(outgoing, buffer.subarray(0, bytesRead)));
    if (isGone) {
      // Cutting the connection is the only way left to say that something is missing.
      outgoing.destroy();
      return;
    }
    at += bytesRead;
  }
  outgoing.end();
}

const written = (outgoing: ServerResponse, chunk: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    const gone = () => resolve(false);
    outgoing.once("close", gone);
    outgoing.write(chunk, (error) => {
      outgoing.off("close", gone);
      resolve(!error);
    });
  });

function headersOf(
  c: Request,
  { metadata }: ObjectRow,
  of: { readonly modified: Date; readonly etag: string; readonly expires: Date | undefined },
): Headers {
  const headers = new Headers({
    "accept-ranges": "bytes",
    "content-type": harmless(metadata?.mimetype ?? "application/octet-stream"),
    etag: of.etag,
    "last-modified": of.modified.toUTCString(),
    "x-robots-tag": "none",
    "x-content-type-options": "nosniff",
  });
  // What a signed address opened must not stay in a cache for longer than the address works.
  if (of.expires !== undefined) headers.set("expires", of.expires.toUTCString());
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

function isUnchanged(c: Request, etag: string, modified: Date): boolean {
  const known = c.req.header("if-none-match");
  if (known !== undefined) {
    const tags = known.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes(etag) || tags.includes("*");
  }
  const since = Date.parse(c.req.header("if-modified-since") ?? "");
  return Number.isFinite(since) && wholeSeconds(modified) <= since;
}

/** `If-Range`: a part is only of use to somebody who has the rest of the same version. */
function isSameAsBefore(c: Request, etag: string, modified: Date): boolean {
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
