import { Hono } from "hono";
import type { Access } from "../access.ts";
import { bodyOf, type Env, openAs, type Storage } from "../context.ts";
import { noSuchKey } from "../errors.ts";
import type { Fields } from "../fields.ts";
import { parsedMetadata } from "../incoming.ts";
import { requireHeaderText, requireMediaType } from "../media-types.ts";
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
    const { from, to } = endsOf(await bodyOf(c));
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
    const wish = await bodyOf(c);
    const { from, to } = endsOf(wish);
    const access = await openAs(storage, c, "storage.object.copy");
    const upsert = c.req.header("x-upsert") === "true";
    const source = await access.asCaller((tx) => requireObject(tx, from));
    const own = parsedMetadata(
      Buffer.from(c.req.header("x-metadata") ?? "", "base64").toString("utf8"),
    );
    const about = copiedAbout(source, wish, own);
    const wanted = { ...to, owner: access.caller.sub, upsert };
    await probeUpload(access, wanted, about.metadata, about.userMetadata);
    const draft: Draft = { ...wanted, ...about, version: await duplicateOf(source) };
    const copy = await write(storage, access, draft, upsert);
    return c.json({ Id: copy.id, Key: `${to.bucket}/${to.name}`, ...copy });
  });

  return routes;
}

function endsOf(wish: Fields): { readonly from: Place; readonly to: Place } {
  const bucket = wish.text("bucketId");
  const from = { bucket, name: wish.text("sourceKey") };
  const to = {
    bucket: wish.optionalText("destinationBucket") ?? bucket,
    name: wish.text("destinationKey"),
  };
  requireKey(from.name);
  requireKey(to.name);
  return { from, to };
}

/** What the copy takes over: everything, or what the request says instead. */
function copiedAbout(
  source: ObjectRow,
  wish: Fields,
  own: UserMetadata | undefined,
): { readonly metadata: ObjectMetadata; readonly userMetadata: UserMetadata | undefined } {
  const metadata = { ...source.metadata, lastModified: new Date().toISOString() };
  if (wish.flag("copyMetadata") ?? true) {
    return { metadata, userMetadata: source.user_metadata ?? undefined };
  }
  const changes = wish.group("metadata");
  const type = changes.optionalText("mimetype");
  const cacheControl = changes.optionalText("cacheControl");
  if (type !== undefined) requireMediaType(type, null);
  return {
    userMetadata: own,
    metadata: {
      ...metadata,
      ...(type === undefined ? {} : { mimetype: type }),
      ...(cacheControl === undefined
        ? {}
        : { cacheControl: requireHeaderText(cacheControl, "cacheControl") }),
    },
  };
}
