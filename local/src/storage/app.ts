import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Storage } from "./context.ts";
import { errorResponse, notImplemented, told } from "./errors.ts";
import { bucketRoutes } from "./routes/buckets.ts";
import { copyRoutes } from "./routes/copies.ts";
import { listRoutes } from "./routes/lists.ts";
import { objectRoutes } from "./routes/objects.ts";
import { readRoutes } from "./routes/reads.ts";
import { resumableRoutes } from "./routes/resumable.ts";
import { signedRoutes } from "./routes/signed.ts";

export type Bindings = { Bindings: HttpBindings };

/** Storage's HTTP surface, without the gateway's prefix. */
export function createApp(storage: Storage): Hono<Bindings> {
  const app = new Hono<Bindings>();
  app.get("/status", (context) => context.body(null));
  // Fixed words come before buckets' names: no bucket can shadow them.
  for (const routes of [
    resumableRoutes,
    bucketRoutes,
    listRoutes,
    copyRoutes,
    signedRoutes,
    readRoutes,
    objectRoutes,
  ]) {
    app.route("/", routes(storage));
  }
  app.notFound((context) =>
    errorResponse(context, notImplemented(`${context.req.method} ${context.req.path}`)),
  );
  app.onError((error, context) => {
    const refusal = told(error);
    if (refusal.statusCode >= 500 && refusal.statusCode !== 501) {
      storage.log.error({ path: context.req.path, message: error.message, stack: error.stack });
    }
    // What nobody reads any more must not keep the refusal from whoever is still sending.
    context.env.incoming.resume();
    return errorResponse(context, refusal);
  });
  return app;
}
