import type { IncomingMessage } from "node:http";
import { Hono } from "hono";
import type { Env, Storage } from "./context.ts";
import { errorResponse, notImplemented } from "./errors.ts";
import { bucketRoutes } from "./routes/buckets.ts";
import { downloadRoutes } from "./routes/download.ts";
import { listRoutes } from "./routes/list.ts";
import { removeRoutes } from "./routes/remove.ts";
import { renderRoutes } from "./routes/render.ts";
import { resumableRoutes } from "./routes/resumable.ts";
import { signRoutes } from "./routes/sign.ts";
import { transferRoutes } from "./routes/transfer.ts";
import { unsupportedRoutes } from "./routes/unsupported.ts";
import { uploadRoutes } from "./routes/upload.ts";
import { toStorageError } from "./to-storage-error.ts";

/** Creates Storage's HTTP app. Paths are without the gateway's prefix `/storage/v1`. */
export function createApp(storage: Storage): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    drainRequest(c.env.incoming);
  });
  app.get("/status", (c) => c.body(null, 200));
  // Fixed paths come before the paths that match any bucket name.
  for (const routes of [
    unsupportedRoutes,
    bucketRoutes,
    listRoutes,
    transferRoutes,
    signRoutes,
    resumableRoutes,
    uploadRoutes,
    removeRoutes,
    renderRoutes,
    downloadRoutes,
  ]) {
    app.route("/", routes(storage));
  }
  app.notFound((c) => errorResponse(c, notImplemented(`${c.req.method} ${c.req.path}`)));
  app.onError((error, c) => {
    const storageError = toStorageError(error);
    if (storageError.status >= 500 && storageError.status !== 501) {
      // Do not log SQL statements, their parameters or tokens.
      const { message, stack } = (storageError.cause ?? error) as Error;
      storage.log.error({ path: c.req.path, message, stack }, storageError.message);
    }
    return errorResponse(c, storageError);
  });
  return app;
}

/** Discards the unread rest of a request body, so that the connection can carry the next request. */
function drainRequest(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  request.removeAllListeners("readable");
  request.resume();
}
