import { createHash } from "node:crypto";
import { Hono } from "hono";
import {
  type Env,
  openAsCaller,
  queryOf,
  type Request,
  readObjectPlace,
  type Storage,
} from "../context.ts";
import { deliver, deliveryHeaders, isNotModified } from "../deliver.ts";
import { noSuchKey } from "../errors.ts";
import { ImageRenderer, problem } from "../images/renderer.ts";
import {
  readTransformation,
  type Transformation,
  toHeader,
  toText,
} from "../images/transformation.ts";
import { type ObjectRow, requireObject } from "../objects.ts";
import { findPublic, findSigned } from "../readable.ts";

/** Routes that deliver images smaller, cropped or in another format. Not there unless `config.toml` turns them on. */
export function renderRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();
  const { enabled } = storage.settings.config.storage.image_transformation;
  if (!enabled) {
    // As upstream, where the routes do not exist then.
    routes.all("/render/*", (c) => {
      const { pathname, search } = new URL(c.req.url);
      const message = `Route ${c.req.method}:${pathname}${search} not found`;
      return c.json({ message, error: "Not Found", statusCode: 404 }, 404);
    });
    return routes;
  }
  const renderer = new ImageRenderer();

  const deliverImage = async (
    c: Request,
    object: ObjectRow,
    transformation: Transformation,
    expires?: Date,
  ): Promise<Response> => {
    // A drawing has no pixels to change.
    if (/^image\/svg\b/i.test(object.metadata?.mimetype ?? "")) {
      return deliver(storage, c, object, expires);
    }
    const acceptsWebp = /\bimage\/webp\b/i.test(c.req.header("accept") ?? "");
    const modified = new Date(object.metadata?.lastModified ?? object.updated_at);
    const etag = etagOf(object, transformation, acceptsWebp);
    const headers = deliveryHeaders(c, object, { modified, etag, expires });
    headers.delete("accept-ranges");
    headers.delete("content-encoding");
    headers.set("vary", "Accept");
    if (isNotModified(c, etag, modified)) return new Response(null, { status: 304, headers });
    const path = storage.bytes.pathOf(object.version);
    if (path === undefined) throw noSuchKey();
    const result = await renderer.render({ path, transformation, acceptsWebp });
    if ("problem" in result) {
      throw result.problem === "missing" ? noSuchKey() : problem(422, "Invalid source image");
    }
    headers.set("content-type", result.type);
    headers.set("content-length", String(result.data.byteLength));
    const applied = toHeader(transformation);
    if (applied !== "") headers.set("x-transformations", applied);
    return new Response(c.req.method === "HEAD" ? null : Buffer.from(result.data), { headers });
  };

  routes.get("/render/image/authenticated/*", async (c) => {
    const place = readObjectPlace(c, "/render/image/authenticated/");
    const transformation = readTransformation(queryOf(c));
    const access = await openAsCaller(storage, c, "storage.render.image_authenticated");
    const object = await access.asCaller((tx) => requireObject(tx, place));
    return deliverImage(c, object, transformation);
  });

  routes.get("/render/image/public/*", async (c) => {
    const place = readObjectPlace(c, "/render/image/public/");
    const transformation = readTransformation(queryOf(c));
    const object = await findPublic(storage, c, place, "storage.render.image_public");
    return deliverImage(c, object, transformation);
  });

  routes.get("/render/image/sign/*", async (c) => {
    const place = readObjectPlace(c, "/render/image/sign/");
    const { transformation, expires } = await storage.signer.verifyImage(
      c.req.query("token"),
      place,
    );
    const object = await findSigned(storage, c, place, "storage.render.image_sign");
    return deliverImage(c, object, transformation, expires);
  });

  return routes;
}

/** Another one for each form of the image, so that no cache mixes them. */
function etagOf(object: ObjectRow, transformation: Transformation, acceptsWebp: boolean): string {
  const source = object.metadata?.eTag ?? object.version ?? "";
  const form = `${source} ${toText(transformation)} ${acceptsWebp ? "webp" : ""}`;
  return `"${createHash("sha256").update(form).digest("hex").slice(0, 32)}"`;
}
