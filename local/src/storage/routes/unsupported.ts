import { Hono } from "hono";
import { type Env, openAsCaller, type Storage } from "../context.ts";
import { accessDenied, errorResponse, notImplemented } from "../errors.ts";

/** Path prefixes that upstream serves and this implementation does not. */
const unsupported: Readonly<Record<string, string>> = {
  "/s3": "the S3 protocol",
  "/iceberg": "analytics buckets",
  "/vector": "vector buckets",
};

export function unsupportedRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();
  for (const [path, name] of Object.entries(unsupported)) {
    routes.all(`${path}/*`, (c) => errorResponse(c, notImplemented(name)));
  }

  // The embedded stack has no CDN, so there is nothing to purge.
  routes.delete("/cdn/*", async (c) => {
    const { caller } = await openAsCaller(storage, c, "storage.object.purge_cache");
    if (caller.role !== "service_role") throw accessDenied("Access denied");
    return c.json({ message: "success" });
  });

  return routes;
}
