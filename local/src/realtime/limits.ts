/** What one client may ask of the server: production's numbers, told as production tells them. */
export const limits = {
  channelsPerSocket: 100,
  /** On average over ten seconds. */
  messagesPerSecond: 100,
  joinsPerSecond: 100,
  broadcastBytes: 3_000_000,
  presenceCalls: 5,
  presenceWindow: 30_000,
  replayedMessages: 25,
  frameBytes: 5 * 1024 * 1024,
  /** Bytes that may wait for a socket that does not read. Then it is cut: it would get them too late anyhow. */
  waitingBytes: 8 * 1024 * 1024,
  /** Silence after which a socket counts as dead; clients beat every 25 seconds. */
  silence: 75_000,
  /** How long a refusal is held back, so that nobody knocks in a loop. */
  refusalDelay: 1000,
  /** How often a token is looked at again. */
  confirmation: 300_000,
} as const;

/** Counts what happens in a window that begins anew when it is over. */
export class Rate {
  readonly #most: number;
  readonly #window: number;
  #began = 0;
  #count = 0;

  constructor(most: number, window: number) {
    this.#most = most;
    this.#window = window;
  }

  /** Counts one more, and says whether it is one too many. */
  isExceeded(): boolean {
    const now = Date.now();
    if (now - this.#began >= this.#window) {
      this.#began = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count > this.#most;
  }
}
