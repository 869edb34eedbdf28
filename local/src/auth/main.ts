import { serve } from "@hono/node-server";
import { keepAliveTimeout } from "../http/idle.ts";
import { createLog } from "../log.ts";
import { runService } from "../process/node-service.ts";
import { createApp } from "./app.ts";
import { createAuth } from "./create.ts";

runService(async (settings) => {
  const auth = await createAuth(settings, createLog("auth"));
  const port = settings.ports.internal.auth;
  const server = serve({
    fetch: createApp(auth).fetch,
    port,
    hostname: "127.0.0.1",
    serverOptions: { keepAliveTimeout },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      if ("closeIdleConnections" in server) server.closeIdleConnections();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1500))]);
      await auth.sql.end({ timeout: 2 });
    },
  };
});
