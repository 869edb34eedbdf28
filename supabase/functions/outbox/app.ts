import { carriesSecret } from "../_shared/secret.ts";
import type { Transport } from "./mail.ts";
import type { Queue } from "./queue.ts";
import { drain, type Outcome } from "./worker.ts";

interface Dependencies {
  readonly queue: Queue;
  readonly transport: Transport;
  readonly from: string;
  /** Whoever has one of these may wake the worker: the database, and nobody outside. */
  readonly secretKeys: readonly string[];
  readonly background: (work: Promise<unknown>) => void;
  readonly log: (outcome: Outcome) => void;
}

/** `POST /outbox` wakes the worker. It answers at once, for the database waits only seconds. */
export const createApp =
  ({ queue, transport, from, secretKeys, background, log }: Dependencies) =>
  async (request: Request): Promise<Response> => {
    if (request.method !== "POST") {
      return refuse(405, "METHOD_NOT_ALLOWED", "Here is only: POST.", { allow: "POST" });
    }
    if (!(await carriesSecret(request.headers, secretKeys))) {
      return refuse(401, "NOT_AUTHENTICATED", "Only the project itself may do this.");
    }
    background(drain(queue, transport, from).then(log));
    return Response.json({ accepted: true }, { status: 202 });
  };

function refuse(status: number, code: string, message: string, headers: HeadersInit = {}) {
  return Response.json({ error: { code, message } }, { status, headers });
}
