import { Hono } from "hono";
import { bodyOf, type Env, openAsCaller, pathOf, type Storage } from "../context.ts";
import { notImplemented } from "../errors.ts";
import { parsePlace, requireKey } from "../names.ts";
import { findNames, requireObject } from "../objects.ts";

const maxPaths = 1000;
const notFoundOrForbidden = "Either the object does not exist or you do not have access to it";

/** Routes that create signed URLs for reading objects. */
export function signRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const createSignedUrl = async (
    bucket: string,
    name: string,
    seconds: number,
  ): Promise<string> => {
    const token = await storage.signer.forDownload({ bucket, name }, seconds);
    // Not encoded, because clients encode the whole URL.
    return `/object/sign/${bucket}/${name}?token=${token}`;
  };

  routes.post("/object/sign/*", async (c, next) => {
    const place = parsePlace(pathOf(c), "/object/sign/");
    if (place.name === "") return next();
    requireKey(place.name);
    const body = await bodyOf(c);
    const seconds = body.integer("expiresIn", 1);
    if (!body.object("transform").isEmpty) throw notImplemented("image transformation");
    const access = await openAsCaller(storage, c, "storage.object.sign");
    await access.asCaller((tx) => requireObject(tx, place));
    return c.json({ signedURL: await createSignedUrl(place.bucket, place.name, seconds) });
  });

  routes.post("/object/sign/*", async (c) => {
    const { bucket } = parsePlace(pathOf(c), "/object/sign/");
    const body = await bodyOf(c);
    const seconds = body.integer("expiresIn", 1);
    const paths = body.strings("paths", maxPaths);
    const access = await openAsCaller(storage, c, "storage.object.sign_many");
    const visible = await access.asCaller((tx) => findNames(tx, bucket, paths));
    const results = paths.map(async (path) =>
      visible.has(path)
        ? { error: null, path, signedURL: await createSignedUrl(bucket, path, seconds) }
        : { error: notFoundOrForbidden, path, signedURL: null },
    );
    return c.json(await Promise.all(results));
  });

  return routes;
}
