import { Hono } from "hono";
import { bodyOf, type Env, openAsCaller, pathOf, type Storage } from "../context.ts";
import { changesImage, readTransformation, type Transformation } from "../images/transformation.ts";
import { type Place, parsePlace, requireKey } from "../names.ts";
import { findNames, requireObject } from "../objects.ts";

const maxPaths = 1000;
const notFoundOrForbidden = "Either the object does not exist or you do not have access to it";

/** Routes that create signed URLs for reading objects. */
export function signRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();
  const isEnabled = storage.settings.config.storage.image_transformation.enabled;

  // Not encoded, because clients encode the whole URL.
  const createSignedUrl = async ({ bucket, name }: Place, seconds: number): Promise<string> =>
    `/object/sign/${bucket}/${name}?token=${await storage.signer.forDownload({ bucket, name }, seconds)}`;

  const createImageUrl = async (
    { bucket, name }: Place,
    seconds: number,
    transformation: Transformation,
  ): Promise<string> => {
    const token = await storage.signer.forImage({ bucket, name }, seconds, transformation);
    return `/render/image/sign/${bucket}/${name}?token=${token}`;
  };

  routes.post("/object/sign/*", async (c, next) => {
    const place = parsePlace(pathOf(c), "/object/sign/");
    if (place.name === "") return next();
    requireKey(place.name);
    const body = await bodyOf(c);
    const seconds = body.integer("expiresIn", 1);
    const transformation = readTransformation(body.object("transform"));
    const access = await openAsCaller(storage, c, "storage.object.sign");
    await access.asCaller((tx) => requireObject(tx, place));
    // Where images are not transformed, the URL leads to the original, as upstream.
    const isImage = isEnabled && changesImage(transformation);
    const signedURL = isImage
      ? await createImageUrl(place, seconds, transformation)
      : await createSignedUrl(place, seconds);
    return c.json({ signedURL });
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
        ? { error: null, path, signedURL: await createSignedUrl({ bucket, name: path }, seconds) }
        : { error: notFoundOrForbidden, path, signedURL: null },
    );
    return c.json(await Promise.all(results));
  });

  return routes;
}
