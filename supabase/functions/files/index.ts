import { inBackground } from "../_shared/background.ts";
import { connect } from "../_shared/database.ts";
import { apiKeys, fromDeno, required } from "../_shared/environment.ts";
import { createApp } from "./app.ts";
import { drain, type Worker } from "./drain.ts";
import { engineOf } from "./engines/choice.ts";
import { storageObjects } from "./objects.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { databaseQueue } from "./queue.ts";

const secretKeys = apiKeys(fromDeno, "secret");

const worker: Worker = {
  queue: databaseQueue(connect(required(fromDeno, "SUPABASE_DB_URL"), 4)),
  engine: engineOf(fromDeno),
  objects: storageObjects(required(fromDeno, "SUPABASE_URL"), secretKeys[0] ?? ""),
  // Clean files are the rule; what is not has somebody asking for it one day.
  onVerdict: ({ fileId }, verdict) => {
    if (verdict.state !== "clean") console.log(JSON.stringify({ files: { fileId, ...verdict } }));
  },
};

const work = oneAtATime(async () => {
  const outcome = await drain(worker);
  if (Object.values(outcome).some((count) => count > 0)) {
    console.log(JSON.stringify({ files: outcome }));
  }
});

const app = createApp({
  secretKeys,
  wake: () =>
    inBackground(work(), (error) =>
      console.error(JSON.stringify({ files: error instanceof Error ? error.message : "failed" })),
    ),
  status: async () => ({ ...(await worker.engine.status()), ...(await worker.queue.waiting()) }),
});

Deno.serve(app);
