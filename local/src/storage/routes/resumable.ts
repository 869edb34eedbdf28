import { Hono } from "hono";
import type { Bindings } from "../app.ts";
import type { Storage } from "../context.ts";
import { createResumable } from "../resumable.ts";

/** Uploads in pieces, after the tus protocol: by whoever the policies let, or with a signed address's token. */
export function resumableRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();
  const signed = createResumable(storage, "signed");
  const open = createResumable(storage, "open");
  for (const path of ["/upload/resumable/sign", "/upload/resumable/sign/:id"]) {
    routes.all(path, (context) => signed.handleWeb(context.req.raw));
  }
  for (const path of ["/upload/resumable", "/upload/resumable/:id"]) {
    routes.all(path, (context) => open.handleWeb(context.req.raw));
  }
  return routes;
}
