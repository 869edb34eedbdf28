import { Hono } from "hono";
import { bodyOf, type Env, openAs, pathOf, type Storage } from "../context.ts";
import { accessDenied } from "../errors.ts";
import { placeIn, requireKey } from "../names.ts";
import { deleteObjects, requireObject } from "../objects.ts";

const mostNames = 1000;

/** Rows go first, bytes once that is committed: what is left over after a crash belongs to nobody. */
export function removeRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  routes.delete("/object/*", async (c, next) => {
    const place = placeIn(pathOf(c), "/object/");
    if (place.name === "") return next();
    requireKey(place.name);
    const access = await openAs(storage, c, "storage.object.delete");
    const removed = await access.asService(async (tx) => {
      await requireObject(tx, place, "update");
      await access.become(tx);
      return deleteObjects(tx, place.bucket, [place.name]);
    });
    if (removed.length === 0) throw accessDenied("Access denied");
    await storage.bytes.remove(...removed.map(({ version }) => version));
    return c.json({ message: "Successfully deleted" });
  });

  routes.delete("/object/*", async (c) => {
    const { bucket } = placeIn(pathOf(c), "/object/");
    const names = (await bodyOf(c)).texts("prefixes", mostNames);
    const access = await openAs(storage, c, "storage.object.delete_many");
    const removed = await access.asCaller((tx) => deleteObjects(tx, bucket, names));
    await storage.bytes.remove(...removed.map(({ version }) => version));
    return c.json(removed);
  });

  return routes;
}
