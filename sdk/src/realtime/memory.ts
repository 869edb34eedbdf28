/** How many events are remembered; far more than a server repeats. */
const capacity = 500;

/** The ids of the last events: tells one that comes again, and whether a repetition joins up with them. */
export class Memory {
  readonly #seen = new Set<string>();
  #repeated = 0;
  #known = false;

  /** Whether this event was not heard yet; remembers it. */
  isNew(id: string, replayed: boolean): boolean {
    const known = this.#seen.has(id);
    if (replayed) {
      this.#repeated++;
      this.#known ||= known;
    }
    if (known) return false;
    this.#seen.add(id);
    if (this.#seen.size > capacity) {
      const [oldest = ""] = this.#seen;
      this.#seen.delete(oldest);
    }
    return true;
  }

  /** From here on repeated events are counted. */
  beginReplay(): void {
    this.#repeated = 0;
    this.#known = false;
  }

  /** Whether what was repeated covers the whole gap: it reaches back to before it, and was not cut short. */
  isWhole(limit: number): boolean {
    return this.#known && this.#repeated < limit;
  }

  clear(): void {
    this.#seen.clear();
    this.beginReplay();
  }
}
