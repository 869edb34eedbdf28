import { notifyAll } from "./report.ts";
import { requestIdOf } from "./rest-error.ts";

/** One request that a client sent. Contains no token, no input and no data, so that it can be logged as it is. */
export interface LogEntry {
  readonly method: string;
  readonly url: string;
  /** `null` if no response arrived. */
  readonly status: number | null;
  /** Until the response began. */
  readonly durationMs: number;
  /** The id of the request in the backend's log, or `null`. */
  readonly requestId: string | null;
}

/** Receives every request of a client, also the retried ones. For a first look, pass `console.debug`. */
export type Logger = (entry: LogEntry) => void;

/** A `fetch` that reports its requests. An error of the logger does not affect them. */
export const logged =
  (send: typeof fetch, logger: Logger | undefined): typeof fetch =>
  async (input, init) => {
    if (!logger) return send(input, init);
    const began = performance.now();
    const log = (status: number | null, requestId: string | null) =>
      notifyAll([logger], {
        method: init?.method ?? "GET",
        url: String(input),
        status,
        durationMs: Math.round(performance.now() - began),
        requestId,
      });
    try {
      const response = await send(input, init);
      log(response.status, requestIdOf(response.headers));
      return response;
    } catch (error) {
      log(null, null);
      throw error;
    }
  };
