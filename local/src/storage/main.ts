import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { createLog } from "../log.ts";
import { runService } from "../node-service.ts";
import { createApp } from "./app.ts";
import { createStorage } from "./create.ts";

runService(async (settings) => {
  const storage = await createStorage(settings, createLog("storage"));
  const port = settings.ports.internal.storage;
  const server = serve({
    fetch: createApp(storage).fetch,
    port,
    hostname: "127.0.0.1",
    // A large file takes as long as it takes; the gateway bounds silence.
    serverOptions: { requestTimeout: 0 },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1500))]);
      storage.stop();
      await storage.sql.end({ timeout: 2 });
    },
  };
});
