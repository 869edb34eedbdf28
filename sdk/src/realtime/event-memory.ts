/** How many event ids are kept; far more than the server replays. */
const capacity = 500;

/** Keeps the ids of the latest events, to drop duplicates and to detect whether a replay is complete. */
export class EventMemory {
  readonly #seen = new Set<string>();
  #replayed = 0;
  #overlaps = false;

  /** Remembers an event. Returns whether it is new. */
  remember(id: string, replayed: boolean): boolean {
    const known = this.#seen.has(id);
    if (replayed) {
      this.#replayed++;
      this.#overlaps ||= known;
    }
    if (known) return false;
    this.#seen.add(id);
    if (this.#seen.size > capacity) {
      const [oldest = ""] = this.#seen;
      this.#seen.delete(oldest);
    }
    return true;
  }

  /** Starts to count replayed events. */
  beginReplay(): void {
    this.#replayed = 0;
    this.#overlaps = false;
  }

  /** Returns whether the replay covers the whole gap: it overlaps known events and did not reach the limit. */
  isComplete(limit: number): boolean {
    return this.#overlaps && this.#replayed < limit;
  }

  clear(): void {
    this.#seen.clear();
    this.beginReplay();
  }
}
