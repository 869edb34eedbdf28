import type { Deadline } from "../core/deadline.ts";
import { OnSwiftError } from "../core/errors.ts";

/** Holds an upload while it is paused. Pausing aborts the running requests. */
export class Gate {
  /** The requests that run now; see `attempt.ts`. */
  readonly running = new Set<AbortController>();
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

  #abortRunning(): void {
    for (const attempt of this.running) attempt.abort();
  }
}
