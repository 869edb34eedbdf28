import { accepted, createWorkerApp } from "../_shared/worker-app.ts";
import type { EngineStatus } from "./engines/engine.ts";
import type { QueueLengths } from "./queue.ts";

interface Dependencies {
  readonly secretKeys: readonly string[];
  readonly wake: () => void;
  readonly status: () => Promise<EngineStatus & QueueLengths>;
}

/**
 * `POST /files` wakes the worker. It answers at once, because the database waits only a few seconds.
 * `GET /files` returns the scan engine, whether it is ready, and how much is waiting.
 */
export const createApp = ({
  secretKeys,
  wake,
  status,
}: Dependencies): ((request: Request) => Promise<Response>) =>
  createWorkerApp({
    secretKeys,
    handlers: {
      GET: async () => Response.json(await status()),
      POST: () => {
        wake();
        return accepted();
      },
    },
  });
