import { Hono } from "hono";
import { bodyOf, type Env, openAsCaller, pathOf, type Storage } from "../context.ts";
import { accessDenied } from "../errors.ts";
import { parsePlace, requireKey } from "../names.ts";
import { deleteObjects, requireObject } from "../objects.ts";

const maxNames = 1000;

/** Delete routes. Delete rows first and bytes after the commit: a crash leaves at most unreferenced bytes. */
export function removeRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  routes.delete("/object/*", async (c, next) => {
    const place = parsePlace(pathOf(c), "/object/");
    if (place.name === "") return next();
    requireKey(place.name);
    const access = await openAsCaller(storage, c, "storage.object.delete");
    const removed = await access.asService(async (tx) => {
      await requireObject(tx, place, "update");
      await access.switchToCaller(tx);
      return deleteObjects(tx, place.bucket, [place.name]);
    });
    if (removed.length === 0) throw accessDenied("Access denied");
    await storage.bytes.remove(...removed.map(({ version }) => version));
    return c.json({ message: "Successfully deleted" });
  });

  routes.delete("/object/*", async (c) => {
    const { bucket } = parsePlace(pathOf(c), "/object/");
    const names = (await bodyOf(c)).strings("prefixes", maxNames);
    const access = await openAsCaller(storage, c, "storage.object.delete_many");
    const removed = await access.asCaller((tx) => deleteObjects(tx, bucket, names));
    await storage.bytes.remove(...removed.map(({ version }) => version));
    return c.json(removed);
  });

  return routes;
}
