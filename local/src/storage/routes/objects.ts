import { Hono } from "hono";
import { z } from "zod";
import type { Bindings } from "../app.ts";
import { requireCaller } from "../caller.ts";
import type { Storage } from "../context.ts";
import { accessDenied, noSuchKey } from "../errors.ts";
import { findAsService, type ObjectRow, requireBucket } from "../objects.ts";
import { asCaller } from "../scope.ts";
import { upload } from "../upload.ts";
import { asking, bodyAs, placeOf } from "./asked.ts";

const names = z.object({ prefixes: z.array(z.string()).min(1).max(1000) });

/** Writing and removing, by whoever the policies let. */
export function objectRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();

  routes.on(["POST", "PUT"], "/object/:bucket/:name{.+}", async (context) => {
    const isUpdate = context.req.method === "PUT";
    const operation = isUpdate ? "storage.object.upload_update" : "storage.object.upload";
    const caller = await requireCaller(storage, context);
    const upsert = isUpdate || context.req.header("x-upsert") === "true";
    const place = placeOf(context);
    const asked = asking(context, operation);
    const row = await upload(storage, asked, place, { caller, upsert }, context.env.incoming);
    return context.json({ Id: row.id, Key: `${row.bucket_id}/${row.name}` });
  });

  routes.delete("/object/:bucket/:name{.+}", async (context) => {
    const caller = await requireCaller(storage, context);
    const asked = asking(context, "storage.object.delete");
    const place = placeOf(context);
    await requireBucket(storage, asked, place.bucket);
    if ((await findAsService(storage, asked, place)) === undefined) throw noSuchKey();
    const removed = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx<ObjectRow[]>`
        delete from storage.objects
        where bucket_id = ${place.bucket} and name = ${place.name}
        returning *`,
    );
    if (removed.length === 0) throw accessDenied("Access denied");
    await storage.blobs.remove(removed.map(({ version }) => version));
    return context.json({ message: "Successfully deleted" });
  });

  // Names the caller may not remove, or see, are left out of the answer.
  routes.delete("/object/:bucket", async (context) => {
    const caller = await requireCaller(storage, context);
    const asked = asking(context, "storage.object.delete_many");
    const { prefixes } = await bodyAs(context, names);
    const bucket = context.req.param("bucket");
    await requireBucket(storage, asked, bucket);
    const removed = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx<ObjectRow[]>`
        delete from storage.objects
        where bucket_id = ${bucket} and name = any (${prefixes})
        returning *`,
    );
    await storage.blobs.remove(removed.map(({ version }) => version));
    return context.json(removed);
  });

  return routes;
}
