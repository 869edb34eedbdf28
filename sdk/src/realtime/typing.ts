/** While somebody types, it is said again this often … */
const repeatMs = 3_000;
/** … and over, this long after the last keystroke. */
const quietMs = 4_000;
/** Who has not been heard of for this long has stopped, though the word of it was lost. */
const silenceMs = 7_000;

/** One's own typing: many keystrokes, few messages. */
export class OwnTyping {
  readonly #hold: () => () => void;
  readonly #send: (isTyping: boolean) => boolean;
  #release: (() => void) | undefined;
  #saidAt = 0;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  /** `hold` keeps the way open while somebody types; `send` answers whether it was. */
  constructor(hold: () => () => void, send: (isTyping: boolean) => boolean) {
    this.#hold = hold;
    this.#send = send;
  }

  keystroke(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.stop(), quietMs);
    this.#release ??= this.#hold();
    this.say();
  }

  /** Says so, if somebody types and it was not said lately. */
  say(): void {
    if (!this.#release || Date.now() - this.#saidAt < repeatMs) return;
    this.#saidAt = this.#send(true) ? Date.now() : 0;
  }

  stop(): void {
    clearTimeout(this.#quiet);
    if (this.#saidAt !== 0) this.#send(false);
    this.#saidAt = 0;
    this.#release?.();
    this.#release = undefined;
  }
}

/** The other's typing as they tell it; it ends by itself when they fall silent. */
export class OthersTyping {
  readonly #changed: (isTyping: boolean) => void;
  #isTyping = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: (isTyping: boolean) => void) {
    this.#changed = changed;
  }

  hear(isTyping: boolean): void {
    clearTimeout(this.#silence);
    if (isTyping) this.#silence = setTimeout(() => this.hear(false), silenceMs);
    if (isTyping === this.#isTyping) return;
    this.#isTyping = isTyping;
    this.#changed(isTyping);
  }

  /** Forgets them, without a word. */
  reset(): void {
    clearTimeout(this.#silence);
    this.#isTyping = false;
  }
}
