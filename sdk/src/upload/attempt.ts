import { type Deadline, withDeadline } from "../core/deadline.ts";
import type { Gate } from "./gate.ts";

/**
 * Time limit of one request of an upload: five minutes. A chunk of 6 MiB needs a connection of 170 kbit/s to
 * arrive in that time. Ends requests on connections that died without an error.
 */
const requestMs = 300_000;

/** Runs a request of an upload while it is not paused, and repeats it after a pause that aborted it. */
export async function attempt<T>(
  gate: Gate,
  deadline: Deadline,
  request: (requestDeadline: Deadline) => Promise<T>,
): Promise<T> {
  for (;;) {
    await gate.untilOpen(deadline);
    const controller = new AbortController();
    const follow = () => controller.abort();
    deadline.signal.addEventListener("abort", follow);
    gate.running.add(controller);
    try {
      const limits = { signal: controller.signal, timeoutMs: requestMs };
      return await deadline.race(withDeadline(limits, request));
    } catch (error) {
      if (!controller.signal.aborted || deadline.signal.aborted) throw error;
    } finally {
      gate.running.delete(controller);
      deadline.signal.removeEventListener("abort", follow);
    }
  }
}
