import type { Message, OnSwift } from "../../sdk/src/index.ts";

/** Behaves like an app that shows a conversation: keeps what it receives, and catches up on a resync. */
export class Reader {
  readonly userId: string;
  readonly #onswift: OnSwift;
  readonly #conversationId: string;
  readonly #messages = new Map<string, Message>();
  /** Messages that the SDK delivered twice, which must never happen. */
  readonly deliveredTwice: string[] = [];
  readonly #received = new Set<string>();
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
      // One after the other. After a failure the next one is tried all the same.
      const caughtUp = this.#catching.then(() => this.#catchUp());
      this.#catching = caughtUp.catch(() => undefined);
      return caughtUp;
    });
    await realtime.on("message:received", ({ message }) => this.#receive(message)).ready.orThrow();
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

  #receive(message: Message): void {
    if (this.#received.has(message.id)) this.deliveredTwice.push(message.id);
    this.#received.add(message.id);
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
