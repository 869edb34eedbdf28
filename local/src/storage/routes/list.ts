import { Hono } from "hono";
import { bodyOf, type Env, openAs, pathOf, type Storage } from "../context.ts";
import { listFlat, listFolded, pageFrom } from "../listing.ts";
import { placeIn } from "../names.ts";

const columns = ["name", "updated_at", "created_at"] as const;
const orders = ["asc", "desc"] as const;
const mostListed = 1500;
const mostOnPage = 1000;

/** Listings, as far as the caller's policies let it see. */
export function listRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  routes.post("/object/list/*", async (c) => {
    const { bucket } = placeIn(pathOf(c), "/object/list/");
    const wish = await bodyOf(c);
    const prefix = asFolder(wish.text("prefix"));
    const levels = prefix.split("/").length;
    const limit = Math.min(wish.whole("limit", 1, 100), mostListed);
    const offset = wish.whole("offset", 0, 0);
    const search = wish.optionalText("search") ?? "";
    const sortBy = wish.group("sortBy");
    const column = sortBy.choice("column", [...columns, "last_accessed_at"]);
    const order = sortBy.choice("order", orders);
    const access = await openAs(storage, c, "storage.object.list");
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
    const { bucket } = placeIn(pathOf(c), "/object/list-v2/");
    const wish = await bodyOf(c);
    const sortBy = wish.group("sortBy");
    const page = pageFrom(wish.optionalText("cursor"), {
      bucket,
      prefix: wish.optionalText("prefix") ?? "",
      column: sortBy.choice("column", columns),
      order: sortBy.choice("order", orders),
    });
    const limit = Math.min(wish.whole("limit", 1, mostOnPage), mostOnPage);
    const list = wish.flag("with_delimiter") === true ? listFolded : listFlat;
    const access = await openAs(storage, c, "storage.object.list_v2");
    return c.json(await access.asCaller((tx) => list(tx, page, limit)));
  });

  return routes;
}

/** What is listed is always the inside of a folder. */
const asFolder = (prefix: string): string =>
  prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
