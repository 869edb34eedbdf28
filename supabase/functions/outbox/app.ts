import { accepted, createWorkerApp } from "../_shared/worker-app.ts";
import type { Transport } from "./mail.ts";
import type { Queue } from "./queue.ts";
import { drain, type Outcome } from "./worker.ts";

interface Dependencies {
  readonly queue: Queue;
  readonly transport: Transport;
  readonly from: string;
  readonly secretKeys: readonly string[];
  readonly background: (work: Promise<unknown>) => void;
  readonly log: (outcome: Outcome) => void;
}

/** `POST /outbox` wakes the worker. It answers at once, because the database waits only a few seconds. */
export const createApp = ({
  queue,
  transport,
  from,
  secretKeys,
  background,
  log,
}: Dependencies): ((request: Request) => Promise<Response>) =>
  createWorkerApp({
    secretKeys,
    handlers: {
      POST: () => {
        background(drain(queue, transport, from).then(log));
        return accepted();
      },
    },
  });
