import { Hono } from "hono";
import type { Access } from "../access.ts";
import { findBucket } from "../buckets.ts";
import {
  type Env,
  objectPlace,
  openForReading,
  openTrusted,
  type Request,
  type Storage,
} from "../context.ts";
import { deliver } from "../deliver.ts";
import { noSuchBucket, notImplemented } from "../errors.ts";
import type { Place } from "../names.ts";
import { type ObjectRow, requireObject } from "../objects.ts";

/** Bytes and facts of objects: to everybody from a public bucket, else to whom policies let see them. */
export function downloadRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  /** The object, as the caller sees it. To somebody without a token a private bucket does not exist. */
  const readable = async (c: Request, place: Place, operation: string): Promise<ObjectRow> => {
    forbidVersions(c);
    const { access, isAuthenticated } = await openForReading(storage, c, operation);
    const bucket = await access.asService((tx) => findBucket(tx, place.bucket));
    if (bucket === undefined || !(bucket.public || isAuthenticated)) throw noSuchBucket();
    const find = (tx: Parameters<typeof requireObject>[0]) => requireObject(tx, place);
    return bucket.public ? access.asService(find) : access.asCaller(find);
  };

  const published = async (c: Request, place: Place, operation: string): Promise<ObjectRow> => {
    forbidVersions(c);
    const access: Access = openTrusted(storage, c, operation);
    return access.asService(async (tx) => {
      const bucket = await findBucket(tx, place.bucket);
      if (bucket?.public !== true) throw noSuchBucket();
      return requireObject(tx, place);
    });
  };

  routes.get("/object/public/*", async (c) => {
    const place = objectPlace(c, "/object/public/");
    const operation = isHead(c) ? "object.head_public_info" : "storage.object.get_public";
    return deliver(storage, c, await published(c, place, operation));
  });

  routes.get("/object/sign/*", async (c) => {
    forbidVersions(c);
    const place = objectPlace(c, "/object/sign/");
    const expires = await storage.signer.verifyDownload(c.req.query("token"), place);
    const access = openTrusted(storage, c, "storage.object.get_signed");
    return deliver(storage, c, await access.asService((tx) => requireObject(tx, place)), expires);
  });

  routes.get("/object/info/public/*", async (c) => {
    const place = objectPlace(c, "/object/info/public/");
    return c.json(infoOf(await published(c, place, "storage.object.info_public")));
  });

  for (const prefix of ["/object/info/authenticated/", "/object/info/"]) {
    routes.get(`${prefix}*`, async (c) => {
      const place = objectPlace(c, prefix);
      return c.json(infoOf(await readable(c, place, "object.get_authenticated_info")));
    });
  }

  for (const prefix of ["/object/authenticated/", "/object/"]) {
    routes.get(`${prefix}*`, async (c) => {
      const place = objectPlace(c, prefix);
      const operation = isHead(c)
        ? "object.head_authenticated_info"
        : "storage.object.get_authenticated";
      return deliver(storage, c, await readable(c, place, operation));
    });
  }

  return routes;
}

const isHead = (c: Request): boolean => c.req.method === "HEAD";

/** Older versions are not kept; the current one must not pass for one of them. */
function forbidVersions(c: Request): void {
  if (c.req.query("versionId") !== undefined) throw notImplemented("versions of objects");
}

function infoOf(object: ObjectRow): Record<string, unknown> {
  const { id, name, version, bucket_id, metadata, user_metadata, created_at, updated_at } = object;
  return {
    id,
    name,
    version,
    bucket_id,
    size: metadata?.size ?? null,
    content_type: metadata?.mimetype ?? null,
    cache_control: metadata?.cacheControl ?? null,
    etag: metadata?.eTag ?? null,
    metadata: user_metadata ?? {},
    last_modified: metadata?.lastModified ?? updated_at,
    created_at,
  };
}
