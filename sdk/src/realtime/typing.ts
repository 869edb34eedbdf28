/** How often a typing message is repeated while the user types. */
const repeatMs = 3_000;
/** How long after the last keystroke typing ends. */
const idleMs = 4_000;
/** How long after the last message the other participant's typing ends, in case their stop message is lost. */
const expiryMs = 7_000;

/** The signed-in user's own typing: reduces many keystrokes to few messages. */
export class OwnTyping {
  readonly #hold: () => () => void;
  readonly #send: (isTyping: boolean) => boolean;
  #release: (() => void) | undefined;
  #sentAt = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** `hold` keeps the topic joined while the user types; `send` returns whether the message was sent. */
  constructor(hold: () => () => void, send: (isTyping: boolean) => boolean) {
    this.#hold = hold;
    this.#send = send;
  }

  keystroke(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), idleMs);
    this.#release ??= this.#hold();
    this.sendIfDue();
  }

  /** Sends a typing message if the user types and none was sent recently. */
  sendIfDue(): void {
    if (!this.#release || Date.now() - this.#sentAt < repeatMs) return;
    this.#sentAt = this.#send(true) ? Date.now() : 0;
  }

  stop(): void {
    clearTimeout(this.#idle);
    if (this.#sentAt !== 0) this.#send(false);
    this.#sentAt = 0;
    this.#release?.();
    this.#release = undefined;
  }
}

/** The other participant's typing. It ends automatically when no more messages arrive. */
export class OthersTyping {
  readonly #changed: (isTyping: boolean) => void;
  #isTyping = false;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: (isTyping: boolean) => void) {
    this.#changed = changed;
  }

  receive(isTyping: boolean): void {
    clearTimeout(this.#expiry);
    if (isTyping) this.#expiry = setTimeout(() => this.receive(false), expiryMs);
    if (isTyping === this.#isTyping) return;
    this.#isTyping = isTyping;
    this.#changed(isTyping);
  }

  /** Resets the state without calling the listener. */
  reset(): void {
    clearTimeout(this.#expiry);
    this.#isTyping = false;
  }
}
