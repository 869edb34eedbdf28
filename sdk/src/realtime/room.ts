import type { ChannelView, RealtimeView } from "../core/connection.ts";
import { notifyAll } from "../core/report.ts";
import type { Conversation } from "../types/conversations.ts";
import type { Member, MemberChange, PresenceStatus, Typing } from "../types/presence.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { Subscription } from "./subscription.ts";
import type { Access } from "./topic-handlers.ts";
import { OthersTyping, OwnTyping } from "./typing.ts";
import { type Unsubscribe, unsubscribeWith } from "./unsubscribe.ts";

const typingEvent = "conversation:typing";
const closedEvent = "conversation:closed";
/** The shortest time between two joins: a participant could send the event all the time. */
const rejoinMs = 1_000;

/**
 * Presence and typing of a conversation. Get it from {@link Realtime.conversation}.
 *
 * You appear online to the other participant while you have a listener here. Messages do not arrive here but
 * as `message:received` of `realtime.on`.
 */
export class ConversationRoom {
  readonly id: string;
  readonly #subscription: Subscription;
  readonly #typing = new Set<(typing: Typing) => unknown>();
  readonly #changes = new Set<(change: MemberChange) => unknown>();
  /** The server closes the channel after five presence updates within 30 seconds. */
  readonly #presenceLimiter = new RateLimiter(4, 30_000);
  readonly #own: OwnTyping;
  readonly #others: OthersTyping;
  #joinedAt = 0;
  #rejoining: ReturnType<typeof setTimeout> | undefined;
  #self = "";
  /** The id of the other participant. Messages and presence of other users are ignored. */
  #other = "";
  #status: PresenceStatus = "online";
  #members: readonly Member[] = [];

  /** @internal */
  constructor(
    id: string,
    realtime: RealtimeView,
    access: (renew: boolean) => Promise<Access>,
    load: () => Promise<Conversation>,
  ) {
    this.id = id;
    this.#subscription = new Subscription(realtime, {
      access: async (renew) => {
        const granted = await access(renew);
        if (this.#self !== granted.userId) {
          const { creator, talent } = await load();
          this.#self = granted.userId;
          this.#other = creator.id === this.#self ? talent.id : creator.id;
        }
        return granted;
      },
      topic: () => `conversation:${id}`,
      config: (userId) => ({
        private: true,
        broadcast: { ack: false, self: false },
        presence: { key: userId, enabled: true },
        postgres_changes: [],
      }),
      bind: (channel, isCurrent) => this.#bind(channel, isCurrent),
      joined: () => {
        this.#joinedAt = Date.now();
        this.#presenceLimiter.reset();
        this.#track();
        this.#own.sendIfDue();
      },
      ended: () => this.#reset(),
      changed: () => undefined,
    });
    this.#own = new OwnTyping(
      () => this.#subscription.hold(),
      (isTyping) => this.#sendTyping(isTyping),
    );
    this.#others = new OthersTyping((isTyping) =>
      notifyAll(this.#typing, { conversationId: id, userId: this.#other, isTyping }),
    );
  }

  /** The other participant, while they have the conversation open. Empty if there are no listeners. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /**
   * Shows the other participant that you are typing. Call it on every keystroke: it is sent at most every 3
   * seconds and ends 4 seconds after the last one. Call it with `false` to end it at once, for example when the
   * message is sent.
   */
  typing(isTyping = true): void {
    if (isTyping) this.#own.keystroke();
    else this.#own.stop();
  }

  /** Adds a handler for the other participant's typing. Returns a function that removes it. */
  onTyping(handler: (typing: Typing) => unknown): Unsubscribe {
    return this.#listen(this.#typing, handler);
  }

  /**
   * Adds a handler for the other participant's presence. If they are present, it is called at once. Returns a
   * function that removes it.
   */
  onMembers(handler: (change: MemberChange) => unknown): Unsubscribe {
    const unsubscribe = this.#listen(this.#changes, handler);
    const [member] = this.#members;
    if (member) notifyAll([handler], this.#change(member.status));
    return unsubscribe;
  }

  /** Sets the presence that the other participant sees while you have a listener: `online` or `away`. */
  setStatus(status: PresenceStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    if (this.#subscription.channel) this.#track();
  }

  /** @internal */
  get subscription(): Subscription {
    return this.#subscription;
  }

  #listen<Payload>(
    listeners: Set<(payload: Payload) => unknown>,
    handler: (payload: Payload) => unknown,
  ): Unsubscribe {
    const listener = (payload: Payload) => handler(payload);
    listeners.add(listener);
    const release = this.#subscription.hold();
    return unsubscribeWith(this.#subscription, () => {
      listeners.delete(listener);
      release();
    });
  }

  #bind(channel: ChannelView, isCurrent: () => boolean): void {
    channel.on("broadcast", { event: typingEvent }, ({ payload }: { payload: Partial<Typing> }) => {
      if (!isCurrent() || payload?.userId !== this.#other) return;
      this.#others.receive(payload.isTyping === true);
    });
    // From the database, after a block. The other participant could send it, too, so the server decides.
    channel.on("broadcast", { event: closedEvent }, () => {
      if (!isCurrent()) return;
      this.#updateMembers();
      // No longer than that, also if the clock was set back.
      const pause = Math.min(rejoinMs, Math.max(0, this.#joinedAt + rejoinMs - Date.now()));
      this.#rejoining ??= setTimeout(() => {
        this.#rejoining = undefined;
        this.#subscription.rejoin();
      }, pause);
    });
    channel.on("presence", { event: "sync" }, () => {
      if (isCurrent()) this.#updateMembers(channel.presenceState()[this.#other]);
    });
  }

  /** Updates the members. Several devices of the other participant count as one member. */
  #updateMembers(metas: readonly { readonly status?: unknown }[] = []): void {
    const here = metas.length > 0;
    const away = metas.every(({ status }) => status === "away");
    const now = here ? (away ? "away" : "online") : "offline";
    const userId = this.#other;
    if (now === (this.#members[0]?.status ?? "offline")) return;
    this.#members = now === "offline" ? [] : [{ userId, status: now }];
    if (!here) this.#others.receive(false);
    notifyAll(this.#changes, this.#change(now));
  }

  #change(now: PresenceStatus | "offline"): MemberChange {
    return { event: `user:${now}`, userId: this.#other, members: this.#members };
  }

  #track(): void {
    this.#presenceLimiter.run(() => {
      const presence = { userId: this.#self, status: this.#status };
      this.#subscription.channel?.track(presence).catch(() => undefined);
    });
  }

  /** Sends only over the socket: without one, supabase-js would send an HTTP request instead. */
  #sendTyping(isTyping: boolean): boolean {
    const { channel } = this.#subscription;
    const payload = { conversationId: this.id, userId: this.#self, isTyping };
    channel?.send({ type: "broadcast", event: typingEvent, payload }).catch(() => undefined);
    return channel !== undefined;
  }

  #reset(): void {
    clearTimeout(this.#rejoining);
    this.#rejoining = undefined;
    this.#own.stop();
    this.#others.reset();
    this.#presenceLimiter.reset();
    this.#typing.clear();
    this.#changes.clear();
    this.#members = [];
    this.#self = "";
  }
}
