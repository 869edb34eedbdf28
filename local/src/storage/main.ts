import { serve } from "@hono/node-server";
import { keepAliveTimeout } from "../http/idle.ts";
import { createLog } from "../log.ts";
import { runService } from "../process/node-service.ts";
import { createApp } from "./app.ts";
import { ensureConfiguredBuckets } from "./configured-buckets.ts";
import { createStorage } from "./create.ts";
import { removeLeftovers } from "./leftovers.ts";

runService(async (settings) => {
  const storage = await createStorage(settings, createLog("storage"));
  await ensureConfiguredBuckets(storage);
  await removeLeftovers(storage);
  const expiry = setInterval(() => void storage.uploads.deleteExpired(), 600_000);
  const server = serve({
    fetch: createApp(storage).fetch,
    port: settings.ports.internal.storage,
    hostname: "127.0.0.1",
    // Uploads have no time limit. The gateway closes connections that stay silent too long.
    serverOptions: { requestTimeout: 0, keepAliveTimeout },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  return {
    async close() {
      clearInterval(expiry);
      const closed = new Promise((resolve) => server.close(resolve));
      if ("closeIdleConnections" in server) server.closeIdleConnections();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1500))]);
      await storage.sql.end({ timeout: 2 });
    },
  };
});
