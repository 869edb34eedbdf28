import { serve } from "@hono/node-server";
import postgres from "postgres";
import { runService } from "../node-service.ts";
import { databaseUrl } from "../settings.ts";
import { createApp } from "./app.ts";
import { Hooks } from "./hooks.ts";
import { Limits } from "./limits.ts";
import { Mailer } from "./mailer.ts";
import { createSigner } from "./signer.ts";

runService(async (settings) => {
  const sql = postgres(databaseUrl(settings, "supabase_auth_admin"), {
    max: 10,
    idle_timeout: 60,
    // A database that was just killed is back in a moment; do not wait longer than that.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => undefined,
    connection: { application_name: "auth" },
  });
  const hooks = new Hooks(sql, settings.config.auth.hook);
  const app = createApp({
    sql,
    settings,
    hooks,
    signer: await createSigner(settings),
    mailer: new Mailer(settings, hooks),
    limits: new Limits(),
  });
  const port = settings.ports.internal.auth;
  const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      if ("closeIdleConnections" in server) server.closeIdleConnections();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1500))]);
      await sql.end({ timeout: 2 });
    },
  };
});
