import { Hono } from "hono";
import { findBucket } from "../buckets.ts";
import {
  type Env,
  openForReading,
  type Request,
  readObjectPlace,
  type Storage,
} from "../context.ts";
import { deliver } from "../deliver.ts";
import { noSuchBucket } from "../errors.ts";
import type { Place } from "../names.ts";
import { type ObjectRow, requireObject } from "../objects.ts";
import { findPublic, findSigned, rejectVersionId } from "../readable.ts";

/** Download and info routes: open for public buckets, otherwise for callers whose policies allow select. */
export function downloadRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  /** Finds an object as the caller. Without a valid token, a private bucket is reported as missing. */
  const findReadable = async (c: Request, place: Place, operation: string): Promise<ObjectRow> => {
    rejectVersionId(c);
    const { access, isAuthenticated } = await openForReading(storage, c, operation);
    const bucket = await access.asService((tx) => findBucket(tx, place.bucket));
    if (bucket === undefined || !(bucket.public || isAuthenticated)) throw noSuchBucket();
    const find = (tx: Parameters<typeof requireObject>[0]) => requireObject(tx, place);
    return bucket.public ? access.asService(find) : access.asCaller(find);
  };

  routes.get("/object/public/*", async (c) => {
    const place = readObjectPlace(c, "/object/public/");
    const operation = isHead(c) ? "object.head_public_info" : "storage.object.get_public";
    return deliver(storage, c, await findPublic(storage, c, place, operation));
  });

  routes.get("/object/sign/*", async (c) => {
    const place = readObjectPlace(c, "/object/sign/");
    const expires = await storage.signer.verifyDownload(c.req.query("token"), place);
    return deliver(
      storage,
      c,
      await findSigned(storage, c, place, "storage.object.get_signed"),
      expires,
    );
  });

  routes.get("/object/info/public/*", async (c) => {
    const place = readObjectPlace(c, "/object/info/public/");
    return c.json(infoOf(await findPublic(storage, c, place, "storage.object.info_public")));
  });

  for (const prefix of ["/object/info/authenticated/", "/object/info/"]) {
    routes.get(`${prefix}*`, async (c) => {
      const place = readObjectPlace(c, prefix);
      return c.json(infoOf(await findReadable(c, place, "object.get_authenticated_info")));
    });
  }

  for (const prefix of ["/object/authenticated/", "/object/"]) {
    routes.get(`${prefix}*`, async (c) => {
      const place = readObjectPlace(c, prefix);
      const operation = isHead(c)
        ? "object.head_authenticated_info"
        : "storage.object.get_authenticated";
      return deliver(storage, c, await findReadable(c, place, operation));
    });
  }

  return routes;
}

const isHead = (c: Request): boolean => c.req.method === "HEAD";

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
