import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import postgres from "postgres";
import { keepAliveTimeout } from "../http/idle.ts";
import { createLog } from "../log.ts";
import { runService } from "../process/node-service.ts";
import { databaseUrl } from "../settings.ts";
import { Authorization } from "./authorization.ts";
import { Changes } from "./changes.ts";
import type { Realtime } from "./context.ts";
import { createHttp } from "./http.ts";
import { Hub } from "./hub.ts";
import { type Feed, followChanges, followMessages } from "./replication.ts";
import { acceptSockets } from "./sockets.ts";
import { createVerify } from "./tokens.ts";

runService(async (settings) => {
  const log = createLog("realtime");
  const sql = postgres(databaseUrl(settings, "supabase_admin"), {
    max: 10,
    onnotice: () => undefined,
    connection: { application_name: "realtime" },
  });
  const hub = new Hub();
  const feeds: Feed[] = [];

  /**
   * Restarts after a lost replication connection, because changes may be missing. Closed sockets make every
   * client reconnect and load what it missed; a new process starts with a clean feed.
   */
  const restart = () => {
    log.warn("lost the replication connection; closing all sockets and restarting");
    for (const client of sockets.clients) client.close(1012, "Service restart");
    setTimeout(() => process.exit(1), 100);
  };

  const realtime: Realtime = {
    settings,
    sql,
    hub,
    log,
    verify: await createVerify(settings),
    authorization: new Authorization(sql),
    changes: new Changes(sql, log, async (onChange) => {
      feeds.push(await followChanges(settings, onChange, restart));
    }),
  };
  const server = serve({
    fetch: createHttp(realtime).fetch,
    port: settings.ports.internal.realtime,
    hostname: "127.0.0.1",
    serverOptions: { keepAliveTimeout },
  }) as Server;
  const sockets = acceptSockets(realtime, server);
  feeds.push(await followMessages(settings, hub, log, restart));
  if (!server.listening) {
    await new Promise<void>((resolve, reject) => {
      server.once("listening", resolve);
      server.once("error", reject);
    });
  }
  return {
    async close() {
      for (const client of sockets.clients) client.close(1012, "Service restart");
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500))]);
      await Promise.all(feeds.map((feed) => feed.stop().catch(() => undefined)));
      await sql.end({ timeout: 1 });
    },
  };
});
