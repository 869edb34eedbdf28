import { Hono } from "hono";
import { z } from "zod";
import type { Bindings } from "../app.ts";
import { requireCaller } from "../caller.ts";
import type { Storage } from "../context.ts";
import { duplicate, noSuchKey, tooLarge } from "../errors.ts";
import { checkKey } from "../names.ts";
import {
  checkInsert,
  complete,
  findAsCaller,
  lock,
  type ObjectMetadata,
  type ObjectRow,
  type Place,
  requireBucket,
} from "../objects.ts";
import { type Asked, asService, probe } from "../scope.ts";
import { requireType, sizeLimitOf } from "../upload.ts";
import { asking, bodyAs } from "./asked.ts";

const route = z.object({
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationBucket: z.string().optional(),
  destinationKey: z.string(),
});
const copied = route.extend({
  copyMetadata: z.boolean().default(true),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const fromOf = ({ bucketId, sourceKey }: z.infer<typeof route>): Place => ({
  bucket: bucketId,
  name: sourceKey,
});
const toOf = (body: z.infer<typeof route>): Place => ({
  bucket: body.destinationBucket ?? body.bucketId,
  name: checkKey(body.destinationKey),
});

/** Moving and copying, within a bucket or from one to another. */
export function copyRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();

  /** What a bucket asks of anything that comes in holds however it comes. */
  const requireRoom = async (asked: Asked, source: ObjectRow, to: Place) => {
    const bucket = await requireBucket(storage, asked, to.bucket);
    requireType(bucket, source.metadata?.mimetype ?? "application/octet-stream");
    if ((source.metadata?.size ?? 0) > sizeLimitOf(storage, bucket)) throw tooLarge();
  };

  routes.post("/object/move", async (context) => {
    const caller = await requireCaller(storage, context);
    const body = await bodyAs(context, route);
    const [from, to] = [fromOf(body), toOf(body)];
    const asked = asking(context, "storage.object.move");
    await requireBucket(storage, asked, from.bucket);
    const source = await findAsCaller(storage, caller, asked, from);
    if (source === undefined) throw noSuchKey();
    await requireRoom(asked, source, to);

    let visible = 0;
    await probe(storage, caller, asked, async (tx) => {
      const rows = await tx<ObjectRow[]>`
        update storage.objects
        set name = ${to.name}, bucket_id = ${to.bucket}, owner_id = ${caller.owner ?? null}
        where bucket_id = ${from.bucket} and name = ${from.name}
        returning *`;
      visible = rows.length;
    });
    if (visible === 0) throw noSuchKey();

    const moved = await asService(storage, asked, async (tx) => {
      // In one order, so that two opposite moves do not wait for each other.
      const ordered = [from, to].sort((a, b) =>
        `${a.bucket}/${a.name}` < `${b.bucket}/${b.name}` ? -1 : 1,
      );
      const found: (ObjectRow | undefined)[] = [];
      for (const place of ordered) found.push(await lock(tx, place));
      const target = found[ordered.indexOf(to)];
      if (target !== undefined && target.id !== source.id) throw duplicate();
      const [row] = await tx<ObjectRow[]>`
        update storage.objects
        set name = ${to.name}, bucket_id = ${to.bucket}, owner_id = ${caller.owner ?? null}
        where bucket_id = ${from.bucket} and name = ${from.name}
        returning *`;
      return row;
    });
    if (moved === undefined) throw noSuchKey();
    return context.json({
      message: "Successfully moved",
      Id: moved.id,
      Key: `${moved.bucket_id}/${moved.name}`,
    });
  });

  routes.post("/object/copy", async (context) => {
    const caller = await requireCaller(storage, context);
    const body = await bodyAs(context, copied);
    const [from, to] = [fromOf(body), toOf(body)];
    const asked = asking(context, "storage.object.copy");
    await requireBucket(storage, asked, from.bucket);
    const source = await findAsCaller(storage, caller, asked, from);
    if (source === undefined) throw noSuchKey();
    await requireRoom(asked, source, to);
    const metadata = source.metadata as ObjectMetadata;
    const userMetadata = body.copyMetadata ? source.user_metadata : body.metadata;
    await checkInsert(storage, caller, asked, to, {
      upsert: context.req.header("x-upsert") === "true",
      metadata: { ...metadata },
      userMetadata: userMetadata ?? undefined,
    });
    const version = await storage.blobs.copy(source.version ?? "").catch(() => {
      throw noSuchKey();
    });
    const row = await complete(
      storage,
      asked,
      to,
      { version },
      {
        owner: caller.owner,
        metadata: { ...metadata, lastModified: new Date().toISOString() },
        userMetadata: userMetadata ?? undefined,
      },
    );
    return context.json({ Id: row.id, Key: `${row.bucket_id}/${row.name}`, ...row });
  });

  return routes;
}
