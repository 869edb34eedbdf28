import { Hono } from "hono";
import { z } from "zod";
import type { Access } from "../access.ts";
import { bodyOf, type Env, openAs, type Storage } from "../context.ts";
import { noSuchKey } from "../errors.ts";
import { parsedMetadata } from "../incoming.ts";
import { type Place, requireKey } from "../names.ts";
import {
  type Draft,
  lockPlace,
  moveObject,
  type ObjectMetadata,
  type ObjectRow,
  requireObject,
  type UserMetadata,
} from "../objects.ts";
import { probeUpload, write } from "../upload.ts";

const ends = {
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationBucket: z.string().optional(),
  destinationKey: z.string(),
};
const moving = z.object(ends);
const copying = z.object({
  ...ends,
  copyMetadata: z.boolean().default(true),
  metadata: z
    .object({ cacheControl: z.string().optional(), mimetype: z.string().optional() })
    .optional(),
});

/** Moving and copying: the new version shares the old one's bytes on disk. */
export function transferRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const duplicateOf = async ({ version }: ObjectRow): Promise<string> => {
    if (version === null) throw noSuchKey();
    return storage.bytes.duplicate(version).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? noSuchKey() : error;
    });
  };

  routes.post("/object/move", async (c) => {
    const { from, to } = endsOf(await bodyOf(c, moving));
    const access = await openAs(storage, c, "storage.object.move");
    const isSame = from.bucket === to.bucket && from.name === to.name;
    const moved = isSame
      ? await access.asCaller((tx) => requireObject(tx, from))
      : await move(access, from, to);
    return c.json({
      message: "Successfully moved",
      Id: moved.id,
      Key: `${to.bucket}/${to.name}`,
    });
  });

  const move = async (access: Access, from: Place, to: Place): Promise<ObjectRow> => {
    const owner = access.caller.sub;
    await access.probe(async (tx) => {
      await requireObject(tx, from);
      await moveObject(tx, from, { ...to, owner, version: "1" });
    });
    const undone: string[] = [];
    const replaced: (string | null)[] = [];
    const moved = await access
      .asService(async (tx) => {
        await lockPlace(tx, to);
        const source = await requireObject(tx, from, "update");
        const version = await duplicateOf(source);
        undone.push(version);
        replaced.push(source.version);
        return moveObject(tx, from, { ...to, owner, version });
      })
      .catch(async (error) => {
        await storage.bytes.remove(...undone);
        throw error;
      });
    await storage.bytes.remove(...replaced);
    return moved;
  };

  routes.post("/object/copy", async (c) => {
    const wish = await bodyOf(c, copying);
    const { from, to } = endsOf(wish);
    const access = await openAs(storage, c, "storage.object.copy");
    const upsert = c.req.header("x-upsert") === "true";
    const source = await access.asCaller((tx) => requireObject(tx, from));
    const own = parsedMetadata(
      Buffer.from(c.req.header("x-metadata") ?? "", "base64").toString("utf8"),
    );
    const about = copiedAbout(source, wish.copyMetadata, wish.metadata, own);
    const wanted = { ...to, owner: access.caller.sub, upsert };
    await probeUpload(access, wanted, about.metadata, about.userMetadata);
    const draft: Draft = { ...wanted, ...about, version: await duplicateOf(source) };
    const copy = await write(storage, access, draft, upsert);
    return c.json({ Id: copy.id, Key: `${to.bucket}/${to.name}`, ...copy });
  });

  return routes;
}

function endsOf(wish: z.infer<typeof moving>): { readonly from: Place; readonly to: Place } {
  requireKey(wish.sourceKey);
  requireKey(wish.destinationKey);
  return {
    from: { bucket: wish.bucketId, name: wish.sourceKey },
    to: { bucket: wish.destinationBucket ?? wish.bucketId, name: wish.destinationKey },
  };
}

function copiedAbout(
  source: ObjectRow,
  isCopied: boolean,
  changes: { cacheControl?: string | undefined; mimetype?: string | undefined } | undefined,
  own: UserMetadata | undefined,
): { readonly metadata: ObjectMetadata; readonly userMetadata: UserMetadata | undefined } {
  const metadata = { ...source.metadata, lastModified: new Date().toISOString() };
  if (isCopied) return { metadata, userMetadata: source.user_metadata ?? undefined };
  const given = Object.entries(changes ?? {}).filter(([, value]) => value !== undefined);
  return { metadata: { ...metadata, ...Object.fromEntries(given) }, userMetadata: own };
}
