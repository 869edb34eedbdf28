import { type Context, Hono } from "hono";
import type { Bindings } from "../app.ts";
import { callerOrNobody } from "../caller.ts";
import type { Storage } from "../context.ts";
import { noSuchBucket, noSuchKey } from "../errors.ts";
import {
  findAsCaller,
  findAsService,
  type ObjectRow,
  type Place,
  requireBucket,
} from "../objects.ts";
import type { Asked } from "../scope.ts";
import { send } from "../send.ts";
import { asking, placeOf } from "./asked.ts";

/** Bytes, and what is known about them. */
export function readRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();

  const publicObject = async (asked: Asked, place: Place): Promise<ObjectRow> => {
    const bucket = await requireBucket(storage, asked, place.bucket);
    if (!bucket.public) throw noSuchBucket();
    const object = await findAsService(storage, asked, place);
    if (object === undefined) throw noSuchKey();
    return object;
  };

  /** A private bucket is not there for somebody without an account. */
  const object = async (context: Context, asked: Asked): Promise<ObjectRow> => {
    const place = placeOf(context);
    const bucket = await requireBucket(storage, asked, place.bucket);
    if (bucket.public) return publicObject(asked, place);
    const caller = await callerOrNobody(storage, context);
    if (caller.token === "") throw noSuchBucket();
    const found = await findAsCaller(storage, caller, asked, place);
    if (found === undefined) throw noSuchKey();
    return found;
  };

  const operationOf = (context: Context) =>
    context.req.method === "HEAD"
      ? "object.head_authenticated_info"
      : "storage.object.get_authenticated";

  routes.get("/object/info/public/:bucket/:name{.+}", async (context) =>
    context.json(
      infoOf(await publicObject(asking(context, "storage.object.info_public"), placeOf(context))),
    ),
  );
  for (const path of [
    "/object/info/authenticated/:bucket/:name{.+}",
    "/object/info/:bucket/:name{.+}",
  ]) {
    routes.get(path, async (context) =>
      context.json(infoOf(await object(context, asking(context, "object.get_authenticated_info")))),
    );
  }
  routes.get("/object/public/:bucket/:name{.+}", async (context) => {
    const asked = asking(context, "storage.object.get_public");
    return send(storage, context, await publicObject(asked, placeOf(context)));
  });
  for (const path of ["/object/authenticated/:bucket/:name{.+}", "/object/:bucket/:name{.+}"]) {
    routes.get(path, async (context) =>
      send(storage, context, await object(context, asking(context, operationOf(context)))),
    );
  }
  return routes;
}

function infoOf(row: ObjectRow): Record<string, unknown> {
  const { id, name, version, bucket_id, metadata, user_metadata, created_at, updated_at } = row;
  return {
    id,
    name,
    version,
    bucket_id,
    size: metadata?.size ?? null,
    content_type: metadata?.mimetype ?? null,
    cache_control: metadata?.cacheControl ?? null,
    etag: metadata?.eTag ?? null,
    metadata: user_metadata,
    last_modified: updated_at,
    created_at,
  };
}
