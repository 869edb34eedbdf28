import { type Deadline, withDeadline } from "../core/deadline.ts";
import { OnSwiftError } from "../core/errors.ts";

/**
 * Five minutes: how long one request of an upload may take. A chunk of 6 MiB gets through a line of
 * 170 kbit/s in that time; a connection that is dead without telling is given up after it.
 */
const requestMs = 300_000;

/** Lets the requests of an upload through while it is not paused. A pause cuts off what is under way. */
export class Gate {
  readonly #underWay = new Set<AbortController>();
  #paused: Promise<void> | null = null;
  #open = (): void => undefined;
  #ended = false;

  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#open = resolve;
    });
    this.#cutOff();
  }

  resume(): void {
    this.#paused = null;
    this.#open();
  }

  /** Nothing gets through any more: one file has failed, and so has the task. */
  end(): void {
    this.#ended = true;
    this.resume();
    this.#cutOff();
  }

  /** Waits until the upload is not paused. */
  async passed(deadline: Deadline): Promise<void> {
    while (this.#paused) await deadline.race(this.#paused);
    if (this.#ended) throw new OnSwiftError({ code: "ABORTED", message: "The upload has ended." });
  }

  /** Makes an attempt; another one after a pause that cut it off. */
  async through<T>(deadline: Deadline, attempt: (own: Deadline) => Promise<T>): Promise<T> {
    for (;;) {
      await this.passed(deadline);
      const cut = new AbortController();
      const follow = () => cut.abort();
      deadline.signal.addEventListener("abort", follow);
      this.#underWay.add(cut);
      try {
        const limits = { signal: cut.signal, timeoutMs: requestMs };
        return await deadline.race(withDeadline(limits, attempt));
      } catch (error) {
        if (!cut.signal.aborted || deadline.signal.aborted) throw error;
      } finally {
        this.#underWay.delete(cut);
        deadline.signal.removeEventListener("abort", follow);
      }
    }
  }

  #cutOff(): void {
    for (const attempt of this.#underWay) attempt.abort();
  }
}
