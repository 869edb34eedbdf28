import { pipeline } from "node:stream/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { Bindings } from "./app.ts";
import type { Storage } from "./context.ts";
import { noSuchKey, StorageError } from "./errors.ts";
import type { ObjectRow } from "./objects.ts";

/** Sends an object's bytes, or the part asked for, or only what is known about them. */
export async function send(
  storage: Storage,
  context: Context<Bindings>,
  object: ObjectRow,
): Promise<Response> {
  const version = object.version ?? "";
  const size = await storage.blobs.size(version);
  if (size === undefined) throw noSuchKey();

  const headers = headersOf(object);
  const wish = context.req.query("download");
  if (wish !== undefined) headers.set("content-disposition", attachment(wish));
  if (isUnchanged(context, object)) return new Response(null, { status: 304, headers });

  const range = rangeOf(context.req.header("range"), size);
  if (range === "unsatisfiable") {
    throw new StorageError(416, "InvalidRange", "The requested range is not satisfiable");
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers.set("content-length", String(end - start + 1));
  if (range !== undefined) headers.set("content-range", `bytes ${start}-${end}/${size}`);
  const status = range === undefined ? 200 : 206;
  if (context.req.method === "HEAD" || size === 0) return new Response(null, { status, headers });
  // Straight from the file to the socket: web streams between the two would hold the bytes twice.
  const { outgoing } = context.env;
  outgoing.writeHead(status, Object.fromEntries(headers));
  await pipeline(storage.blobs.read(version, { start, end }), outgoing).catch(() => undefined);
  return RESPONSE_ALREADY_SENT;
}

function headersOf({ metadata, updated_at }: ObjectRow): Headers {
  return new Headers({
    "accept-ranges": "bytes",
    "content-type": metadata?.mimetype ?? "application/octet-stream",
    etag: metadata?.eTag ?? "",
    "last-modified": lastModified(metadata?.lastModified, updated_at).toUTCString(),
    "cache-control": metadata?.cacheControl ?? "no-cache",
    "x-robots-tag": "none",
    // What somebody uploaded is shown as what it was declared, never as what it looks like.
    "x-content-type-options": "nosniff",
  });
}

const lastModified = (said: string | undefined, otherwise: Date): Date => {
  const date = new Date(said ?? otherwise);
  return Number.isNaN(date.getTime()) ? otherwise : date;
};

function attachment(name: string): string {
  if (name === "") return "attachment;";
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded}`;
}

function isUnchanged(context: Context, { metadata, updated_at }: ObjectRow): boolean {
  const known = context.req.header("if-none-match");
  if (known !== undefined) {
    const tags = known.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || tags.includes(metadata?.eTag ?? "");
  }
  const since = Date.parse(context.req.header("if-modified-since") ?? "");
  const changed = lastModified(metadata?.lastModified, updated_at).getTime();
  return !Number.isNaN(since) && Math.floor(changed / 1000) * 1000 <= since;
}

/** One range of bytes, both ends included. Several at once, or what is no range, is the whole object. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  return start > end || (first === "" && Number(last) === 0) ? "unsatisfiable" : { start, end };
}
