import { Hono } from "hono";
import type { Env, Storage } from "./context.ts";
import { fromDatabase } from "./database-errors.ts";
import { aborted, errorResponse, internal, notImplemented, StorageError } from "./errors.ts";
import { bucketRoutes } from "./routes/buckets.ts";
import { downloadRoutes } from "./routes/download.ts";
import { listRoutes } from "./routes/list.ts";
import { removeRoutes } from "./routes/remove.ts";
import { signRoutes } from "./routes/sign.ts";
import { transferRoutes } from "./routes/transfer.ts";
import { uploadRoutes } from "./routes/upload.ts";

/** Storage's HTTP surface, without the gateway's prefix. */
export function createApp(storage: Storage): Hono<Env> {
  const app = new Hono<Env>();
  app.get("/status", (c) => c.body(null, 200));
  // The special paths before those that take any bucket's name.
  for (const routes of [
    bucketRoutes,
    listRoutes,
    transferRoutes,
    signRoutes,
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

/** What any failure is to the client. */
export function tellable(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") return aborted(error);
  return fromDatabase(error) ?? internal(error);
}
