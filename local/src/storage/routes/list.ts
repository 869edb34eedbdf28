import { Hono } from "hono";
import { z } from "zod";
import { bodyOf, type Env, openAs, pathOf, type Storage } from "../context.ts";
import { listFlat, listFolded, type Page, pageFrom } from "../listing.ts";
import { placeIn } from "../names.ts";

const order = z.enum(["asc", "desc"]).default("asc");
const search = z.object({
  prefix: z.string(),
  limit: z.int().min(1).default(100),
  offset: z.int().nonnegative().default(0),
  sortBy: z
    .object({
      column: z.enum(["name", "updated_at", "created_at", "last_accessed_at"]).default("name"),
      order,
    })
    .prefault({}),
  search: z.string().nullish(),
});
const searchV2 = z.object({
  prefix: z.string().default(""),
  limit: z.int().min(1).default(1000),
  cursor: z.string().optional(),
  with_delimiter: z.boolean().default(false),
  sortBy: z
    .object({ column: z.enum(["name", "updated_at", "created_at"]).default("name"), order })
    .prefault({}),
});

const mostListed = 1500;
const mostOnPage = 1000;

/** Listings, as far as the caller's policies let it see. */
export function listRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  routes.post("/object/list/*", async (c) => {
    const { bucket } = placeIn(pathOf(c), "/object/list/");
    const wish = await bodyOf(c, search);
    const { column, order } = wish.sortBy;
    const prefix = asFolder(wish.prefix);
    const access = await openAs(storage, c, "storage.object.list");
    const found = await access.asCaller(
      (tx) => tx`
        select name, id, updated_at, created_at, last_accessed_at, metadata
        from storage.search(
          ${prefix}, ${bucket}, ${Math.min(wish.limit, mostListed)}, ${prefix.split("/").length},
          ${wish.offset}, ${wish.search ?? ""}, ${column}, ${order}
        )`,
    );
    return c.json(found);
  });

  routes.post("/object/list-v2/*", async (c) => {
    const { bucket } = placeIn(pathOf(c), "/object/list-v2/");
    const wish = await bodyOf(c, searchV2);
    const page: Page = pageFrom(wish.cursor, { ...wish.sortBy, bucket, prefix: wish.prefix });
    const limit = Math.min(wish.limit, mostOnPage);
    const list = wish.with_delimiter ? listFolded : listFlat;
    const access = await openAs(storage, c, "storage.object.list_v2");
    return c.json(await access.asCaller((tx) => list(tx, page, limit)));
  });

  return routes;
}

/** What is listed is always the inside of a folder. */
const asFolder = (prefix: string): string =>
  prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
