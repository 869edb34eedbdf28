import type { IncomingMessage } from "node:http";
import { Hono } from "hono";
import type { Env, Storage } from "./context.ts";
import { errorResponse, notImplemented } from "./errors.ts";
import { tellable } from "./failure.ts";
import { absentRoutes } from "./routes/absent.ts";
import { bucketRoutes } from "./routes/buckets.ts";
import { downloadRoutes } from "./routes/download.ts";
import { listRoutes } from "./routes/list.ts";
import { removeRoutes } from "./routes/remove.ts";
import { resumableRoutes } from "./routes/resumable.ts";
import { signRoutes } from "./routes/sign.ts";
import { transferRoutes } from "./routes/transfer.ts";
import { uploadRoutes } from "./routes/upload.ts";

/** Storage's HTTP surface, without the gateway's prefix. */
export function createApp(storage: Storage): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    letFlow(c.env.incoming);
  });
  app.get("/status", (c) => c.body(null, 200));
  // The special paths before those that take any bucket's name.
  for (const routes of [
    absentRoutes,
    bucketRoutes,
    listRoutes,
    transferRoutes,
    signRoutes,
    resumableRoutes,
    uploadRoutes,
    removeRoutes,
    downloadRoutes,
  ]) {
    app.route("/", routes(storage));
  }
  app.notFound((c) => errorResponse(c, notImplemented(`${c.req.method} ${c.req.path}`)));
  app.onError((error, c) => {
    const told = tellable(error);
    if (told.status >= 500 && told.status !== 501) {
      // Never the statement or its values, and never a token.
      const { message, stack } = (told.cause ?? error) as Error;
      storage.log.error({ path: c.req.path, message, stack }, told.message);
    }
    return errorResponse(c, told);
  });
  return app;
}

/** Lets go of a body that was refused half-way, so that its connection can carry the next request. */
function letFlow(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  request.removeAllListeners("readable");
  request.resume();
}
