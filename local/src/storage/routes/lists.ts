import { Hono } from "hono";
import { z } from "zod";
import type { Bindings } from "../app.ts";
import { requireCaller } from "../caller.ts";
import type { Storage } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import { requireBucket } from "../objects.ts";
import { asCaller } from "../scope.ts";
import { asking, bodyAs } from "./asked.ts";

const order = z.enum(["asc", "desc"]).default("asc");

const folder = z.object({
  prefix: z.string(),
  limit: z.number().int().min(1).max(1500).default(100),
  offset: z.number().int().min(0).default(0),
  search: z.string().default(""),
  sortBy: z
    .object({
      column: z.enum(["name", "updated_at", "created_at", "last_accessed_at"]).default("name"),
      order,
    })
    .prefault({}),
});

const page = z.object({
  prefix: z.string().default(""),
  limit: z.number().int().min(1).max(1000).default(1000),
  cursor: z.string().optional(),
  with_delimiter: z.boolean().default(false),
  sortBy: z
    .object({ column: z.enum(["name", "updated_at", "created_at"]).default("name"), order })
    .prefault({}),
});

/** Where a page ended. */
const cursor = z.object({ key: z.string(), after: z.string().default("") });

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly id: string | null;
  readonly updated_at: Date | null;
  readonly created_at: Date | null;
  readonly last_accessed_at: Date | null;
  readonly metadata: unknown;
}

const everyLevel = 10_000;

export function listRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();

  routes.post("/object/list/:bucket", async (context) => {
    const caller = await requireCaller(storage, context);
    const body = await bodyAs(context, folder);
    const bucket = context.req.param("bucket");
    const asked = asking(context, "storage.object.list");
    await requireBucket(storage, asked, bucket);
    const prefix =
      body.prefix === "" || body.prefix.endsWith("/") ? body.prefix : `${body.prefix}/`;
    const levels = prefix.split("/").length;
    const entries = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx`
        select * from storage.search(
          ${prefix}, ${bucket}, ${body.limit}, ${levels}, ${body.offset}, ${body.search},
          ${body.sortBy.column}, ${body.sortBy.order}
        )`,
    );
    return context.json(entries);
  });

  routes.post("/object/list-v2/:bucket", async (context) => {
    const caller = await requireCaller(storage, context);
    const { prefix, limit, sortBy, ...body } = await bodyAs(context, page);
    const bucket = context.req.param("bucket");
    const asked = asking(context, "storage.object.list_v2");
    await requireBucket(storage, asked, bucket);
    const from = readCursor(body.cursor);
    const levels = body.with_delimiter ? prefix.split("/").length : everyLevel;
    const found = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx<Entry[]>`
        select * from storage.search_v2(
          ${prefix}, ${bucket}, ${limit + 1}, ${levels}, ${from.key}, ${sortBy.order},
          ${sortBy.column}, ${from.after}
        )`,
    );
    const entries = found.slice(0, limit);
    const hasNext = found.length > limit;
    const last = entries.at(-1);
    const key = hasNext ? last?.name : undefined;
    const after = sortBy.column === "name" ? "" : (last?.[sortBy.column]?.toISOString() ?? "");
    return context.json({
      hasNext,
      folders: entries.filter(({ id }) => id === null).map(({ key, name }) => ({ key, name })),
      objects: entries.filter(({ id }) => id !== null),
      ...(key === undefined
        ? {}
        : {
            nextCursor: Buffer.from(JSON.stringify({ key, after })).toString("base64url"),
            nextCursorKey: key,
          }),
    });
  });

  return routes;
}

function readCursor(text: string | undefined): z.infer<typeof cursor> {
  if (text === undefined || text === "") return { key: "", after: "" };
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
  } catch {
    throw invalidRequest("The cursor is not one that a list gave");
  }
}
