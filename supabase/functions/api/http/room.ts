import { unavailable } from "./errors.ts";

/** Longer than this nobody waits for room. */
const patienceMs = 10_000;

/**
 * How much of requests this instance holds in memory at once. What does not fit waits its turn, unread;
 * an instance that took everything would die with everybody's request in it.
 */
export class Room {
  #free: number;
  readonly #patienceMs: number;
  readonly #queue: { readonly bytes: number; readonly enter: () => void }[] = [];

  constructor(bytes: number, patience = patienceMs) {
    this.#free = bytes;
    this.#patienceMs = patience;
  }

  /** Takes that much until the returned function is called. First come, first served. */
  async take(bytes: number): Promise<() => void> {
    if (this.#queue.length > 0 || bytes > this.#free) await this.#wait(bytes);
    else this.#free -= bytes;
    let taken = bytes;
    return () => {
      this.#free += taken;
      taken = 0;
      this.#admit();
    };
  }

  #wait(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        // Whoever stood behind may be smaller.
        this.#admit();
        reject(unavailable("No room for another form."));
      }, this.#patienceMs);
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
