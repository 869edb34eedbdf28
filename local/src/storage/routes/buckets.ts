import { Hono } from "hono";
import { z } from "zod";
import { bucketColumns, requireBucket } from "../buckets.ts";
import { bodyOf, type Env, openAs, queryOf, type Storage } from "../context.ts";
import {
  accessDenied,
  alreadyExists,
  bucketNotEmpty,
  notImplemented,
  tooLarge,
} from "../errors.ts";
import { requirePatterns } from "../media-types.ts";
import { requireBucketName } from "../names.ts";
import { declaredSize } from "../sizes.ts";

const settings = {
  public: z.boolean().optional(),
  file_size_limit: z.union([z.number().int().nonnegative(), z.string()]).nullish(),
  allowed_mime_types: z.array(z.string()).nullish(),
};
const creation = z.object({
  name: z.string(),
  id: z.string().optional(),
  type: z.string().optional(),
  ...settings,
});
const change = z.object(settings).refine((body) => Object.keys(body).length > 0, {
  error: "must NOT have fewer than 1 properties",
});
const page = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  offset: z.coerce.number().int().nonnegative().default(0),
  sortColumn: z.enum(["id", "name", "created_at", "updated_at"]).default("id"),
  sortOrder: z.enum(["asc", "desc"]).default("asc"),
  search: z.string().default(""),
});

/** Buckets. Policies on `storage.buckets` decide; without any, only the secret key gets here. */
export function bucketRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const limitsOf = (body: z.infer<typeof change>) => {
    const { file_size_limit: size, allowed_mime_types: types } = body;
    const bytes = size === null || size === undefined ? size : declaredSize(size);
    if (typeof bytes === "number" && bytes > storage.sizeLimit) throw tooLarge();
    requirePatterns(types ?? []);
    return { bytes, types };
  };

  routes.post("/bucket", async (c) => {
    const body = await bodyOf(c, creation);
    if (body.type !== undefined && body.type !== "STANDARD") {
      throw notImplemented(`buckets of type ${body.type}`);
    }
    const { name, id = name } = body;
    requireBucketName(name);
    requireBucketName(id);
    const { bytes = null, types = null } = limitsOf(body);
    const access = await openAs(storage, c, "storage.bucket.create");
    const owner = access.caller.sub ?? null;
    await access
      .asCaller(
        (tx) => tx`
          insert into storage.buckets
            (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)
          values (
            ${id}, ${name}, ${owner}, ${owner}, ${body.public ?? false}, ${bytes}, ${types}
          )`,
      )
      .catch((error: { code?: string }) => {
        throw error.code === "23505" ? alreadyExists("Bucket") : error;
      });
    return c.json({ name });
  });

  routes.get("/bucket", async (c) => {
    const { limit, offset, sortColumn, sortOrder, search } = queryOf(c, page);
    const access = await openAs(storage, c, "storage.bucket.list");
    const buckets = await access.asCaller(
      (tx) => tx`
        select ${bucketColumns(tx)} from storage.buckets
        where position(lower(${search}) in lower(name)) > 0
        order by ${tx(sortColumn)} ${sortOrder === "desc" ? tx`desc` : tx`asc`}
        limit ${limit} offset ${offset}`,
    );
    return c.json(buckets);
  });

  routes.get("/bucket/:id", async (c) => {
    const access = await openAs(storage, c, "storage.bucket.get");
    return c.json(await access.asCaller((tx) => requireBucket(tx, c.req.param("id"))));
  });

  routes.put("/bucket/:id", async (c) => {
    const body = await bodyOf(c, change);
    const { bytes, types } = limitsOf(body);
    const access = await openAs(storage, c, "storage.bucket.update");
    await access.asCaller(async (tx) => {
      const { id } = await requireBucket(tx, c.req.param("id"));
      const changes = {
        ...(body.public === undefined ? {} : { public: body.public }),
        ...(bytes === undefined ? {} : { file_size_limit: bytes }),
        ...(types === undefined ? {} : { allowed_mime_types: types }),
        updated_at: new Date(),
      };
      const updated = await tx`
        update storage.buckets set ${tx(changes)} where id = ${id} returning id`;
      if (updated.length === 0) throw accessDenied("Access denied");
    });
    return c.json({ message: "Successfully updated" });
  });

  routes.post("/bucket/:id/empty", async (c) => {
    const access = await openAs(storage, c, "storage.bucket.empty");
    const removed = await access.asCaller(async (tx) => {
      const { id } = await requireBucket(tx, c.req.param("id"));
      return tx<{ version: string | null }[]>`
        delete from storage.objects where bucket_id = ${id} returning version`;
    });
    await storage.bytes.remove(...removed.map(({ version }) => version));
    // Upstream's words. Here it is done already.
    const message = "Empty bucket has been queued. Completion may take up to an hour.";
    return c.json({ message });
  });

  routes.delete("/bucket/:id", async (c) => {
    const id = c.req.param("id");
    const access = await openAs(storage, c, "storage.bucket.delete");
    await access.asService(async (tx) => {
      await requireBucket(tx, id);
      await tx`select from storage.buckets where id = ${id} for update`;
      const objects = await tx`select from storage.objects where bucket_id = ${id} limit 1`;
      if (objects.length > 0) throw bucketNotEmpty();
      await access.become(tx);
      const deleted = await tx`delete from storage.buckets where id = ${id} returning id`;
      if (deleted.length === 0) throw accessDenied("Access denied");
    });
    return c.json({ message: "Successfully deleted" });
  });

  return routes;
}
