import { inBackground } from "../_shared/background.ts";
import { openDatabase } from "../_shared/database.ts";
import { apiKeys, fromDeno, required } from "../_shared/environment.ts";
import { messageOf } from "../_shared/errors.ts";
import { createApp } from "./app.ts";
import { drain, type Worker } from "./drain.ts";
import { chooseEngine } from "./engines/choice.ts";
import { storageObjects } from "./objects.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { databaseQueue } from "./queue.ts";

const secretKeys = apiKeys(fromDeno, "secret");

const worker: Worker = {
  queue: databaseQueue(openDatabase(fromDeno, 4)),
  engine: chooseEngine(fromDeno),
  objects: storageObjects(required(fromDeno, "SUPABASE_URL"), secretKeys[0] ?? ""),
  // Clean files are not logged. The others are, because a user may ask about one later.
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
      console.error(JSON.stringify({ files: { error: messageOf(error) } })),
    ),
  status: async () => ({
    ...(await worker.engine.status()),
    ...(await worker.queue.lengths()),
  }),
});

Deno.serve(app);
