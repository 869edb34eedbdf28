import { Hono } from "hono";
import { bodyOf, type Env, openAsCaller, pathOf, type Storage } from "../context.ts";
import { listFlat, listWithFolders, readPage } from "../listing.ts";
import { parsePlace } from "../names.ts";

const columns = ["name", "updated_at", "created_at"] as const;
const orders = ["asc", "desc"] as const;
const maxListed = 1500;
const maxPageSize = 1000;

/** Listing routes. Return the objects that the caller's policies allow to select. */
export function listRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  routes.post("/object/list/*", async (c) => {
    const { bucket } = parsePlace(pathOf(c), "/object/list/");
    const body = await bodyOf(c);
    const prefix = asFolder(body.string("prefix"));
    const levels = prefix.split("/").length;
    const limit = Math.min(body.integer("limit", 1, 100), maxListed);
    const offset = body.integer("offset", 0, 0);
    const search = body.optionalString("search") ?? "";
    const sortBy = body.object("sortBy");
    const column = sortBy.choice("column", [...columns, "last_accessed_at"]);
    const order = sortBy.choice("order", orders);
    const access = await openAsCaller(storage, c, "storage.object.list");
    const found = await access.asCaller(
      (tx) => tx`
        select name, id, updated_at, created_at, last_accessed_at, metadata
        from storage.search(
          ${prefix}, ${bucket}, ${limit}, ${levels}, ${offset}, ${search}, ${column}, ${order}
        )`,
    );
    return c.json(found);
  });

  routes.post("/object/list-v2/*", async (c) => {
    const { bucket } = parsePlace(pathOf(c), "/object/list-v2/");
    const body = await bodyOf(c);
    const sortBy = body.object("sortBy");
    const page = readPage(body.optionalString("cursor"), {
      bucket,
      prefix: body.optionalString("prefix") ?? "",
      column: sortBy.choice("column", columns),
      order: sortBy.choice("order", orders),
    });
    const limit = Math.min(body.integer("limit", 1, maxPageSize), maxPageSize);
    const list = body.boolean("with_delimiter") === true ? listWithFolders : listFlat;
    const access = await openAsCaller(storage, c, "storage.object.list_v2");
    return c.json(await access.asCaller((tx) => list(tx, page, limit)));
  });

  return routes;
}

/** Adds a trailing slash: a listing always shows the contents of a folder. */
const asFolder = (prefix: string): string =>
  prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
