import { type Deadline, withDeadline } from "../core/deadline.ts";
import { OnSwiftError } from "../core/errors.ts";

/**
 * Time limit of one request of an upload: five minutes. A chunk of 6 MiB needs a connection of 170 kbit/s to
 * arrive in that time. Ends requests on connections that died without an error.
 */
const requestMs = 300_000;

/** Runs the requests of an upload while it is not paused. Pausing aborts the running requests. */
export class Gate {
  readonly #running = new Set<AbortController>();
  #paused: Promise<void> | null = null;
  #open = (): void => undefined;
  #ended = false;

  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#open = resolve;
    });
    this.#abortRunning();
  }

  resume(): void {
    this.#paused = null;
    this.#open();
  }

  /** Ends the upload: aborts the running requests and allows no more. */
  end(): void {
    this.#ended = true;
    this.resume();
    this.#abortRunning();
  }

  /** Waits until the upload is not paused. */
  async untilOpen(deadline: Deadline): Promise<void> {
    while (this.#paused) await deadline.race(this.#paused);
    if (this.#ended) throw new OnSwiftError({ code: "ABORTED", message: "The upload has ended." });
  }

  /** Runs an attempt, and repeats it after a pause that aborted it. */
  async run<T>(deadline: Deadline, attempt: (requestDeadline: Deadline) => Promise<T>): Promise<T> {
    for (;;) {
      await this.untilOpen(deadline);
      const controller = new AbortController();
      const follow = () => controller.abort();
      deadline.signal.addEventListener("abort", follow);
      this.#running.add(controller);
      try {
        const limits = { signal: controller.signal, timeoutMs: requestMs };
        return await deadline.race(withDeadline(limits, attempt));
      } catch (error) {
        if (!controller.signal.aborted || deadline.signal.aborted) throw error;
      } finally {
        this.#running.delete(controller);
        deadline.signal.removeEventListener("abort", follow);
      }
    }
  }

  #abortRunning(): void {
    for (const attempt of this.#running) attempt.abort();
  }
}
