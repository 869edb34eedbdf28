/** Limits per client, with the numbers and error messages of the hosted service. */
export const limits = {
  channelsPerSocket: 100,
  /** On average over ten seconds. */
  messagesPerSecond: 100,
  joinsPerSecond: 100,
  broadcastBytes: 3_000_000,
  presenceCalls: 5,
  /** Milliseconds. */
  presenceWindow: 30_000,
  replayedMessages: 25,
  frameBytes: 5 * 1024 * 1024,
  /** Unsent bytes at which a socket that does not read is closed. */
  maxBufferedBytes: 8 * 1024 * 1024,
  /** Milliseconds without a message after which a socket is closed. Clients send a heartbeat every 25 s. */
  idleTimeout: 75_000,
  /** Milliseconds before a rejected join gets its reply, because clients try again at once. */
  rejectionDelay: 1000,
  /** Maximum milliseconds between two checks of a token's expiry. */
  tokenCheckInterval: 300_000,
} as const;

/** Limits the number of events per fixed time window. */
export class Rate {
  readonly #maximum: number;
  readonly #window: number;
  #windowStart = 0;
  #count = 0;

  constructor(maximum: number, window: number) {
    this.#maximum = maximum;
    this.#window = window;
  }

  /** Counts one event. Returns false when it exceeds the limit. */
  countAndCheck(): boolean {
    const now = Date.now();
    if (now - this.#windowStart >= this.#window) {
      this.#windowStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#maximum;
  }
}
