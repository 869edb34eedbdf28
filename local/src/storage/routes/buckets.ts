import { Hono } from "hono";
import { z } from "zod";
import type { Bindings } from "../app.ts";
import { requireCaller } from "../caller.ts";
import type { Storage } from "../context.ts";
import {
  accessDenied,
  invalidRequest,
  noSuchBucket,
  notImplemented,
  StorageError,
  tooLarge,
} from "../errors.ts";
import { checkBucketName } from "../names.ts";
import { type BucketRow, type ObjectRow, requireBucket } from "../objects.ts";
import { asCaller, asService } from "../scope.ts";
import { bytesOf } from "../sizes.ts";
import { asking, bodyAs } from "./asked.ts";

const settings = {
  public: z.boolean().optional(),
  file_size_limit: z.union([z.number().int().nonnegative(), z.string()]).nullish(),
  allowed_mime_types: z
    .array(z.string().regex(/^[^/\s]+\/[^/\s]+$/, "is not a type such as image/png or image/*"))
    .nullish(),
};
const created = z.object({
  name: z.string(),
  id: z.string().optional(),
  type: z.enum(["STANDARD", "ANALYTICS", "VECTOR"]).default("STANDARD"),
  ...settings,
});
const updated = z.object(settings);

const sortColumns = ["id", "name", "created_at", "updated_at"];

export function bucketRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();

  const limitOf = (limit: string | number | null | undefined): number | null | undefined => {
    if (limit === null || limit === undefined) return limit;
    try {
      const bytes = bytesOf(limit);
      if (bytes > storage.sizeLimit) throw tooLarge();
      return bytes;
    } catch (error) {
      throw error instanceof RangeError ? invalidRequest(error.message) : error;
    }
  };

  routes.post("/bucket", async (context) => {
    const caller = await requireCaller(storage, context);
    const body = await bodyAs(context, created);
    if (body.type !== "STANDARD") throw notImplemented(`A bucket of type ${body.type}`);
    const name = checkBucketName(body.name);
    const row = {
      id: checkBucketName(body.id ?? name),
      name,
      owner_id: caller.owner ?? null,
      public: body.public ?? false,
      file_size_limit: limitOf(body.file_size_limit) ?? null,
      allowed_mime_types: body.allowed_mime_types ?? null,
    };
    await asCaller(
      storage,
      caller,
      asking(context, "storage.bucket.create"),
      (tx) => tx`insert into storage.buckets ${tx(row)}`,
    );
    return context.json({ name });
  });

  routes.get("/bucket", async (context) => {
    const caller = await requireCaller(storage, context);
    const { limit, offset, sortColumn, sortOrder, search } = context.req.query();
    const column = sortColumns.includes(sortColumn ?? "") ? (sortColumn ?? "id") : "id";
    const buckets = await asCaller(
      storage,
      caller,
      asking(context, "storage.bucket.list"),
      (tx) => tx<BucketRow[]>`
        select id, name, owner, owner_id, public, type, file_size_limit, allowed_mime_types,
          created_at, updated_at
        from storage.buckets
        where ${search ?? ""} = '' or name ilike '%' || ${search ?? ""} || '%'
        order by ${tx(column)} ${sortOrder === "desc" ? tx`desc` : tx`asc`}
        limit ${count(limit, 1000)} offset ${count(offset, 0)}`,
    );
    return context.json(buckets.map(shown));
  });

  routes.get("/bucket/:id", async (context) => {
    const caller = await requireCaller(storage, context);
    const [bucket] = await asCaller(
      storage,
      caller,
      asking(context, "storage.bucket.get"),
      (tx) => tx<BucketRow[]>`
        select id, name, owner, public, created_at, updated_at, file_size_limit, allowed_mime_types,
          type
        from storage.buckets where id = ${context.req.param("id")}`,
    );
    if (bucket === undefined) throw noSuchBucket();
    return context.json(shown(bucket));
  });

  routes.put("/bucket/:id", async (context) => {
    const caller = await requireCaller(storage, context);
    const body = await bodyAs(context, updated);
    const limit = limitOf(body.file_size_limit);
    const changes = {
      ...(body.public === undefined ? {} : { public: body.public }),
      ...(limit === undefined ? {} : { file_size_limit: limit }),
      ...(body.allowed_mime_types === undefined
        ? {}
        : { allowed_mime_types: body.allowed_mime_types }),
    };
    if (Object.keys(changes).length === 0) {
      throw invalidRequest("body must have at least one of its properties");
    }
    const rows = await asCaller(
      storage,
      caller,
      asking(context, "storage.bucket.update"),
      (tx) => tx`
        update storage.buckets set ${tx(changes)}
        where id = ${context.req.param("id")} returning id`,
    );
    if (rows.length === 0) throw noSuchBucket();
    return context.json({ message: "Successfully updated" });
  });

  routes.post("/bucket/:id/empty", async (context) => {
    const caller = await requireCaller(storage, context);
    const id = context.req.param("id");
    const asked = asking(context, "storage.bucket.empty");
    const [bucket] = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx`select id from storage.buckets where id = ${id}`,
    );
    if (bucket === undefined) throw noSuchBucket();
    const removed = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx<ObjectRow[]>`
        delete from storage.objects where bucket_id = ${id} returning version`,
    );
    await storage.blobs.remove(removed.map(({ version }) => version));
    return context.json({
      message: "Empty bucket has been queued. Completion may take up to an hour.",
    });
  });

  routes.delete("/bucket/:id", async (context) => {
    const caller = await requireCaller(storage, context);
    const id = context.req.param("id");
    const asked = asking(context, "storage.bucket.delete");
    await requireBucket(storage, asked, id);
    const [kept] = await asService(
      storage,
      asked,
      (tx) => tx`select id from storage.objects where bucket_id = ${id} limit 1`,
    );
    if (kept !== undefined) {
      const message = "The bucket you tried to delete is not empty";
      throw new StorageError(409, "ResourceNotEmpty", message, "InvalidRequest");
    }
    const rows = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx`delete from storage.buckets where id = ${id} returning id`,
    );
    if (rows.length === 0) throw accessDenied("Access denied");
    return context.json({ message: "Successfully deleted" });
  });

  return routes;
}

const count = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
};

/** A bigint comes from the database as text. */
const shown = (bucket: BucketRow) => ({
  ...bucket,
  file_size_limit: bucket.file_size_limit === null ? null : Number(bucket.file_size_limit),
});
