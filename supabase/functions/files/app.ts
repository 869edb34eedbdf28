import { carriesSecret } from "../_shared/secret.ts";
import type { EngineStatus } from "./engines/engine.ts";
import type { Waiting } from "./queue.ts";

interface Dependencies {
  /** Whoever has one of these may wake the worker: the database, and nobody outside. */
  readonly secretKeys: readonly string[];
  readonly wake: () => void;
  readonly status: () => Promise<EngineStatus & Waiting>;
}

/**
 * `POST /files` wakes the worker; it answers at once, for the database waits only seconds.
 * `GET /files` tells which engine scans, whether it is ready, and what waits.
 */
export const createApp =
  ({ secretKeys, wake, status }: Dependencies) =>
  async (request: Request): Promise<Response> => {
    const { method } = request;
    if (method !== "POST" && method !== "GET") {
      const allow = { allow: "GET, POST" };
      return refuse(405, "METHOD_NOT_ALLOWED", "Here are only: GET, POST.", allow);
    }
    if (!(await carriesSecret(request.headers, secretKeys))) {
      return refuse(401, "NOT_AUTHENTICATED", "Only the project itself may do this.");
    }
    if (method === "GET") return Response.json(await status());
    wake();
    return Response.json({ accepted: true }, { status: 202 });
  };

function refuse(status: number, code: string, message: string, headers: HeadersInit = {}) {
  return Response.json({ error: { code, message } }, { status, headers });
}
