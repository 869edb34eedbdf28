import { unavailable } from "./errors.ts";

/**
 * How much of requests this instance holds in memory at once. What does not fit is asked to come again,
 * which is better than an instance that dies with everybody's request in it.
 */
export class Room {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Takes that much until the returned function is called. */
  take(bytes: number): () => void {
    if (bytes > this.#free) throw unavailable("Too many forms at once for this instance.");
    this.#free -= bytes;
    let taken = bytes;
    return () => {
      this.#free += taken;
      taken = 0;
    };
  }
}
