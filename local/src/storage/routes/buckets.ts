import { Hono } from "hono";
import { bucketColumns, presentBucket, requireBucket } from "../buckets.ts";
import { bodyOf, type Env, openAsCaller, queryOf, type Storage } from "../context.ts";
import {
  alreadyExists,
  bucketNotEmpty,
  invalidRequest,
  noSuchBucket,
  notImplemented,
  tooLarge,
} from "../errors.ts";
import type { Fields } from "../fields.ts";
import { ownerColumns } from "../identity.ts";
import { requireMediaTypePatterns } from "../media-types.ts";
import { requireBucketName } from "../names.ts";
import { declaredSize } from "../sizes.ts";

const maxListed = 1000;

/** Bucket routes. Require: policies on `storage.buckets`, or the secret key. */
export function bucketRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const limitsOf = (body: Fields) => {
    const size = body.nullableSize("file_size_limit");
    const types = body.nullableStrings("allowed_mime_types");
    const bytes = size === null || size === undefined ? size : declaredSize(size);
    if (typeof bytes === "number" && bytes > storage.sizeLimit) throw tooLarge();
    requireMediaTypePatterns(types ?? []);
    return { bytes, types };
  };

  routes.post("/bucket", async (c) => {
    const body = await bodyOf(c);
    const type = body.optionalString("type") ?? "STANDARD";
    if (type !== "STANDARD") throw notImplemented(`buckets of type ${type}`);
    const name = body.string("name");
    const id = body.optionalString("id") ?? name;
    const isPublic = body.boolean("public") ?? false;
    requireBucketName(name);
    requireBucketName(id);
    const { bytes = null, types = null } = limitsOf(body);
    const access = await openAsCaller(storage, c, "storage.bucket.create");
    const bucket = {
      id,
      name,
      ...ownerColumns(access.caller.sub),
      public: isPublic,
      file_size_limit: bytes,
      allowed_mime_types: types === null ? null : [...types],
    };
    await access
      .asCaller((tx) => tx`insert into storage.buckets ${tx(bucket)}`)
      .catch((error: { code?: string }) => {
        throw error.code === "23505" ? alreadyExists("Bucket") : error;
      });
    return c.json({ name });
  });

  routes.get("/bucket", async (c) => {
    const query = queryOf(c);
    const limit = query.integer("limit", 1, maxListed);
    const offset = query.integer("offset", 0, 0);
    const column = query.choice("sortColumn", ["id", "name", "created_at", "updated_at"]);
    const order = query.choice("sortOrder", ["asc", "desc"]);
    const search = query.optionalString("search") ?? "";
    const access = await openAsCaller(storage, c, "storage.bucket.list");
    const buckets = await access.asCaller(
      (tx) => tx`
        select ${bucketColumns(tx)} from storage.buckets
        where position(lower(${search}) in lower(name)) > 0
        order by ${tx(column)} ${order === "desc" ? tx`desc` : tx`asc`}
        limit ${limit} offset ${offset}`,
    );
    return c.json(buckets);
  });

  routes.get("/bucket/:id", async (c) => {
    const access = await openAsCaller(storage, c, "storage.bucket.get");
    const bucket = await access.asCaller((tx) => requireBucket(tx, c.req.param("id")));
    return c.json(presentBucket(bucket));
  });

  routes.put("/bucket/:id", async (c) => {
    const body = await bodyOf(c);
    const { bytes, types } = limitsOf(body);
    const isPublic = body.boolean("public");
    if (body.isEmpty) throw invalidRequest("No content provided");
    const access = await openAsCaller(storage, c, "storage.bucket.update");
    await access.asCaller(async (tx) => {
      const { id } = await requireBucket(tx, c.req.param("id"));
      const changes = {
        ...(isPublic === undefined ? {} : { public: isPublic }),
        ...(bytes === undefined ? {} : { file_size_limit: bytes }),
        ...(types === undefined ? {} : { allowed_mime_types: types === null ? null : [...types] }),
        updated_at: new Date(),
      };
      const updated = await tx`
        update storage.buckets set ${tx(changes)} where id = ${id} returning id`;
      if (updated.length === 0) throw noSuchBucket();
    });
    return c.json({ message: "Successfully updated" });
  });

  routes.post("/bucket/:id/empty", async (c) => {
    const access = await openAsCaller(storage, c, "storage.bucket.empty");
    const removed = await access.asCaller(async (tx) => {
      const { id } = await requireBucket(tx, c.req.param("id"));
      return tx<{ version: string | null }[]>`
        delete from storage.objects where bucket_id = ${id} returning version`;
    });
    await storage.bytes.remove(...removed.map(({ version }) => version));
    // Upstream's message, although the bucket is already empty here.
    const message = "Empty bucket has been queued. Completion may take up to an hour.";
    return c.json({ message });
  });

  routes.delete("/bucket/:id", async (c) => {
    const id = c.req.param("id");
    const access = await openAsCaller(storage, c, "storage.bucket.delete");
    await access.asService(async (tx) => {
      await requireBucket(tx, id);
      await tx`select from storage.buckets where id = ${id} for update`;
      const objects = await tx`select from storage.objects where bucket_id = ${id} limit 1`;
      if (objects.length > 0) throw bucketNotEmpty();
      await access.switchToCaller(tx);
      const deleted = await tx`delete from storage.buckets where id = ${id} returning id`;
      if (deleted.length === 0) throw noSuchBucket();
    });
    return c.json({ message: "Successfully deleted" });
  });

  return routes;
}
