import { unavailable } from "./errors.ts";

/** How long a request waits for memory. */
const maxWaitMs = 10_000;

/**
 * Limits how many bytes of requests this instance holds in memory at the same time. A request beyond the
 * limit waits, unread. Without a limit the instance would run out of memory and lose all its requests.
 */
export class MemoryBudget {
  #free: number;
  readonly #maxWaitMs: number;
  readonly #queue: { readonly bytes: number; readonly enter: () => void }[] = [];

  constructor(bytes: number, maxWait = maxWaitMs) {
    this.#free = bytes;
    this.#maxWaitMs = maxWait;
  }

  /** Reserves bytes until the returned function is called. Requests are served in their order. */
  async reserve(bytes: number): Promise<() => void> {
    if (this.#queue.length > 0 || bytes > this.#free) await this.#wait(bytes);
    else this.#free -= bytes;
    let reserved = bytes;
    return () => {
      this.#free += reserved;
      reserved = 0;
      this.#admit();
    };
  }

  #wait(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        // The next one in the queue may be smaller.
        this.#admit();
        reject(unavailable("No memory became free for another form."));
      }, this.#maxWaitMs);
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const waiting = { bytes, enter };
      this.#queue.push(waiting);
    });
  }

  #admit(): void {
    for (let [next] = this.#queue; next && next.bytes <= this.#free; [next] = this.#queue) {
      this.#queue.shift();
      this.#free -= next.bytes;
      next.enter();
    }
  }
}
