import { inBackground } from "../_shared/background.ts";
import { openDatabase } from "../_shared/database.ts";
import { apiKeys, fromDeno } from "../_shared/environment.ts";
import { messageOf } from "../_shared/errors.ts";
import { createApp } from "./app.ts";
import { databaseQueue } from "./queue.ts";
import { createTransport } from "./transports.ts";

const app = createApp({
  queue: databaseQueue(openDatabase(fromDeno, 2)),
  transport: createTransport(fromDeno),
  from: fromDeno("MAIL_FROM") || "OnSwift <no-reply@onswift.example>",
  secretKeys: apiKeys(fromDeno, "secret"),
  background: (work) =>
    inBackground(work, (error) =>
      console.error(JSON.stringify({ outbox: { error: messageOf(error) } })),
    ),
  log: ({ sent, failed }) => {
    if (sent + failed > 0) console.log(JSON.stringify({ outbox: { sent, failed } }));
  },
});

Deno.serve(app);
