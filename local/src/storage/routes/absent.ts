import { Hono } from "hono";
import { type Env, openAs, type Storage } from "../context.ts";
import { accessDenied, errorResponse, notImplemented } from "../errors.ts";

/** What upstream serves here and this stand-in does not. */
const absent: Readonly<Record<string, string>> = {
  "/render": "image transformation",
  "/s3": "S3 protocol",
  "/iceberg": "analytics buckets",
  "/vector": "vector buckets",
};

export function absentRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();
  for (const [path, name] of Object.entries(absent)) {
    routes.all(`${path}/*`, (c) => errorResponse(c, notImplemented(name)));
  }

  // There is no cache in front of the embedded stack, so it is always purged.
  routes.delete("/cdn/*", async (c) => {
    const { caller } = await openAs(storage, c, "storage.object.purge_cache");
    if (caller.role !== "service_role") throw accessDenied("Access denied");
    return c.json({ message: "success" });
  });

  return routes;
}
