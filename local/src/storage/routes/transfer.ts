import { Hono } from "hono";
import type { Access } from "../access.ts";
import { bodyOf, type Env, openAsCaller, type Storage } from "../context.ts";
import { noSuchKey } from "../errors.ts";
import type { Fields } from "../fields.ts";
import { parseUserMetadata } from "../incoming-upload.ts";
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
import { probeUpload, writeRow } from "../upload.ts";

/** Move and copy routes. The new version is a hard link to the old one's bytes. */
export function transferRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const duplicateBytes = async ({ version }: ObjectRow): Promise<string> => {
    if (version === null) throw noSuchKey();
    return storage.bytes.duplicate(version).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? noSuchKey() : error;
    });
  };

  routes.post("/object/move", async (c) => {
    const { from, to } = readEnds(await bodyOf(c));
    const access = await openAsCaller(storage, c, "storage.object.move");
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
    const created: string[] = [];
    const replaced: (string | null)[] = [];
    const moved = await access
      .asService(async (tx) => {
        await lockPlace(tx, to);
        const source = await requireObject(tx, from, "update");
        const version = await duplicateBytes(source);
        created.push(version);
        replaced.push(source.version);
        return moveObject(tx, from, { ...to, owner, version });
      })
      .catch(async (error) => {
        await storage.bytes.remove(...created);
        throw error;
      });
    await storage.bytes.remove(...replaced);
    return moved;
  };

  routes.post("/object/copy", async (c) => {
    const body = await bodyOf(c);
    const { from, to } = readEnds(body);
    const access = await openAsCaller(storage, c, "storage.object.copy");
    const upsert = c.req.header("x-upsert") === "true";
    const source = await access.asCaller((tx) => requireObject(tx, from));
    const newMetadata = parseUserMetadata(
      Buffer.from(c.req.header("x-metadata") ?? "", "base64").toString("utf8"),
    );
    const properties = copyProperties(source, body, newMetadata);
    const target = { ...to, owner: access.caller.sub, upsert };
    await probeUpload(access, target, properties.metadata, properties.userMetadata);
    const draft: Draft = { ...target, ...properties, version: await duplicateBytes(source) };
    const copy = await writeRow(storage, access, draft, upsert);
    return c.json({ Id: copy.id, Key: `${to.bucket}/${to.name}`, ...copy });
  });

  return routes;
}

function readEnds(body: Fields): { readonly from: Place; readonly to: Place } {
  const bucket = body.string("bucketId");
  const from = { bucket, name: body.string("sourceKey") };
  const to = {
    bucket: body.optionalString("destinationBucket") ?? bucket,
    name: body.string("destinationKey"),
  };
  requireKey(from.name);
  requireKey(to.name);
  return { from, to };
}

/** Returns the copy's properties: the source's, or the changes of the request if `copyMetadata` is false. */
function copyProperties(
  source: ObjectRow,
  body: Fields,
  newMetadata: UserMetadata | undefined,
): { readonly metadata: ObjectMetadata; readonly userMetadata: UserMetadata | undefined } {
  const metadata = { ...source.metadata, lastModified: new Date().toISOString() };
  if (body.boolean("copyMetadata") ?? true) {
    return { metadata, userMetadata: source.user_metadata ?? undefined };
  }
  const changes = body.object("metadata");
  const type = changes.optionalString("mimetype");
  const cacheControl = changes.optionalString("cacheControl");
  if (type !== undefined) requireMediaType(type, null);
  return {
    userMetadata: newMetadata,
    metadata: {
      ...metadata,
      ...(type === undefined ? {} : { mimetype: type }),
      ...(cacheControl === undefined
        ? {}
        : { cacheControl: requireHeaderText(cacheControl, "cacheControl") }),
    },
  };
}
