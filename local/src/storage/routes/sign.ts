import { Hono } from "hono";
import { bodyOf, type Env, openAs, pathOf, type Storage } from "../context.ts";
import { notImplemented } from "../errors.ts";
import { placeIn, requireKey } from "../names.ts";
import { findNames, requireObject } from "../objects.ts";

const mostPaths = 1000;
const unreachable = "Either the object does not exist or you do not have access to it";

/** Addresses that let whoever holds them read one object for a while. */
export function signRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const addressOf = async (bucket: string, name: string, seconds: number): Promise<string> => {
    const token = await storage.signer.forDownload({ bucket, name }, seconds);
    // Not encoded: clients do that to the whole address.
    return `/object/sign/${bucket}/${name}?token=${token}`;
  };

  routes.post("/object/sign/*", async (c, next) => {
    const place = placeIn(pathOf(c), "/object/sign/");
    if (place.name === "") return next();
    requireKey(place.name);
    const wish = await bodyOf(c);
    const seconds = wish.whole("expiresIn", 1);
    if (!wish.group("transform").isEmpty) throw notImplemented("image transformation");
    const access = await openAs(storage, c, "storage.object.sign");
    await access.asCaller((tx) => requireObject(tx, place));
    return c.json({ signedURL: await addressOf(place.bucket, place.name, seconds) });
  });

  routes.post("/object/sign/*", async (c) => {
    const { bucket } = placeIn(pathOf(c), "/object/sign/");
    const wish = await bodyOf(c);
    const seconds = wish.whole("expiresIn", 1);
    const paths = wish.texts("paths", mostPaths);
    const access = await openAs(storage, c, "storage.object.sign_many");
    const visible = await access.asCaller((tx) => findNames(tx, bucket, paths));
    const addresses = paths.map(async (path) =>
      visible.has(path)
        ? { error: null, path, signedURL: await addressOf(bucket, path, seconds) }
        : { error: unreachable, path, signedURL: null },
    );
    return c.json(await Promise.all(addresses));
  });

  return routes;
}
