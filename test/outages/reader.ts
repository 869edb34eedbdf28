import type { Message, OnSwift } from "../../sdk/src/index.ts";

/** What an app does with a conversation: shows what it hears, and catches up when it is told to. */
export class Reader {
  readonly userId: string;
  readonly #onswift: OnSwift;
  readonly #conversationId: string;
  readonly #messages = new Map<string, Message>();
  /** Events with the same message, which the SDK must never hand out. */
  readonly handedOutTwice: string[] = [];
  readonly #heard = new Set<string>();
  #newest: string | undefined;
  /** The last message before the connection was lost: up to here nothing is missing. */
  #anchor: string | undefined;
  #catching: Promise<void> = Promise.resolve();

  constructor(onswift: OnSwift, conversationId: string, userId: string) {
    this.#onswift = onswift;
    this.#conversationId = conversationId;
    this.userId = userId;
  }

  async start(): Promise<void> {
    const { realtime } = this.#onswift;
    realtime.onStatus((status) => {
      if (status === "reconnecting") this.#anchor ??= this.#newest;
    });
    realtime.onResync(() => {
      // One after the other; one that fails is no reason not to try the next.
      const caughtUp = this.#catching.then(() => this.#catchUp());
      this.#catching = caughtUp.catch(() => undefined);
      return caughtUp;
    });
    await realtime.on("message:received", ({ message }) => this.#hear(message)).ready.orThrow();
  }

  get held(): number {
    return this.ids.length;
  }

  /** The other side's messages, in their order. */
  get ids(): readonly string[] {
    return [...this.#messages.values()]
      .filter(({ sender }) => sender.id !== this.userId)
      .sort((a, b) => a.sentAt.localeCompare(b.sentAt) || a.id.localeCompare(b.id))
      .map(({ id }) => id);
  }

  async unread(): Promise<number> {
    const { conversations } = this.#onswift;
    return (await conversations.get(this.#conversationId).orThrow()).unreadCount;
  }

  async readUpTo(index: number): Promise<void> {
    const message = this.ids[index] ?? "";
    await this.#onswift.conversations.markRead(this.#conversationId, message).orThrow();
  }

  stop(): void {
    this.#onswift.realtime.close();
  }

  #hear(message: Message): void {
    if (this.#heard.has(message.id)) this.handedOutTwice.push(message.id);
    this.#heard.add(message.id);
    this.#messages.set(message.id, message);
    this.#newest = message.id;
  }

  async #catchUp(): Promise<void> {
    const after = this.#anchor;
    this.#anchor = undefined;
    try {
      const filter = { limit: 100, ...(after === undefined ? {} : { after }) };
      const missed = this.#onswift.messages.list(this.#conversationId, filter);
      for await (const message of missed) this.#messages.set(message.id, message);
    } catch (error) {
      this.#anchor = after;
      throw error;
    }
  }
}
