import { serve } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
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
  const app = createApp(storage);
  const server = serve({
    // Hono answers HEAD with a copy of the response, which hides from the server that it is sent already: the
    // server would write it again, fail, and cut a connection that the gateway is about to use.
    fetch: async (request, env) => {
      const response = await app.fetch(request, env);
      return env.outgoing.headersSent ? RESPONSE_ALREADY_SENT : response;
    },
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
