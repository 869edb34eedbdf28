import type { ChannelView, RealtimeView } from "../core/connection.ts";
import { tellAll } from "../core/report.ts";
import type { Conversation } from "../types/conversations.ts";
import type { Member, MemberChange, PresenceStatus, Typing } from "../types/presence.ts";
import { type Listening, listening } from "./listening.ts";
import { Pace } from "./pace.ts";
import { type Access, Subscription } from "./subscription.ts";
import { OthersTyping, OwnTyping } from "./typing.ts";

const typingEvent = "conversation:typing";

/**
 * Who is in a conversation now, and who is typing. Get it from {@link Realtime.conversation}.
 *
 * Its topic carries nothing that lasts: messages come over `realtime.on`, and what a client broadcasts here
 * is never taken for one. Whoever it claims to come from, it counts only as the other participant's. One is
 * there oneself for the other to see as long as one listens.
 */
export class ConversationRoom {
  readonly id: string;
  readonly #subscription: Subscription;
  readonly #typing = new Set<(typing: Typing) => unknown>();
  readonly #changes = new Set<(change: MemberChange) => unknown>();
  /** Five in 30 s are one too many for the server: it would close the channel. */
  readonly #pace = new Pace(4, 30_000);
  readonly #own: OwnTyping;
  readonly #others: OthersTyping;
  #self = "";
  /** The other participant: nobody else is believed to be here. */
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
        this.#pace.reset();
        this.#track();
        this.#own.say();
      },
      ended: () => this.#forget(),
      changed: () => undefined,
    });
    this.#own = new OwnTyping(
      () => this.#subscription.hold(),
      (isTyping) => this.#say(isTyping),
    );
    this.#others = new OthersTyping((isTyping) =>
      tellAll(this.#typing, { conversationId: id, userId: this.#other, isTyping }),
    );
  }

  /** The other participant, while they have the conversation open; empty while nobody listens here. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /**
   * Tells the other side that one is typing. Call it on every keystroke: it is sent at most every three
   * seconds, and taken back four seconds after the last one, or at once with `false`, when the message is sent.
   */
  typing(isTyping = true): void {
    if (isTyping) this.#own.keystroke();
    else this.#own.stop();
  }

  /** Hears when the other side begins to type and when it stops, be it by falling silent. */
  onTyping(handler: (typing: Typing) => unknown): Listening {
    return this.#listen(this.#typing, handler);
  }

  /** Hears who comes and who goes, and first of who is there already. */
  onMembers(handler: (change: MemberChange) => unknown): Listening {
    const listening = this.#listen(this.#changes, handler);
    const [member] = this.#members;
    if (member) tellAll([handler], this.#change(member.status));
    return listening;
  }

  /** What the other side sees of oneself while one listens: `online`, or `away` when one's app is idle. */
  setStatus(status: PresenceStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    if (this.#subscription.channel) this.#track();
  }

  /** @internal */
  get subscription(): Subscription {
    return this.#subscription;
  }

  #listen<Told>(to: Set<(told: Told) => unknown>, handler: (told: Told) => unknown): Listening {
    const listener = (told: Told) => handler(told);
    to.add(listener);
    const release = this.#subscription.hold();
    return listening(this.#subscription, () => {
      to.delete(listener);
      release();
    });
  }

  #bind(channel: ChannelView, isCurrent: () => boolean): void {
    channel.on("broadcast", { event: typingEvent }, ({ payload }: { payload: Partial<Typing> }) => {
      if (!isCurrent() || payload?.userId !== this.#other) return;
      this.#others.hear(payload.isTyping === true);
    });
    channel.on("presence", { event: "sync" }, () => {
      if (isCurrent()) this.#meet(channel.presenceState()[this.#other]);
    });
  }

  /** Compares who is there with who was: several devices of one person are one member. */
  #meet(metas: readonly { readonly status?: unknown }[] = []): void {
    const here = metas.length > 0;
    const away = metas.every(({ status }) => status === "away");
    const now = here ? (away ? "away" : "online") : "offline";
    const userId = this.#other;
    if (now === (this.#members[0]?.status ?? "offline")) return;
    this.#members = now === "offline" ? [] : [{ userId, status: now }];
    if (!here) this.#others.hear(false);
    tellAll(this.#changes, this.#change(now));
  }

  #change(now: PresenceStatus | "offline"): MemberChange {
    return { event: `user:${now}`, userId: this.#other, members: this.#members };
  }

  #track(): void {
    this.#pace.run(() => {
      const presence = { userId: this.#self, status: this.#status };
      this.#subscription.channel?.track(presence).catch(() => undefined);
    });
  }

  /** Only over the socket: supabase-js would make a request of it where there is none. */
  #say(isTyping: boolean): boolean {
    const { channel } = this.#subscription;
    const payload = { conversationId: this.id, userId: this.#self, isTyping };
    channel?.send({ type: "broadcast", event: typingEvent, payload }).catch(() => undefined);
    return channel !== undefined;
  }

  #forget(): void {
    this.#own.stop();
    this.#others.reset();
    this.#pace.reset();
    this.#typing.clear();
    this.#changes.clear();
    this.#members = [];
    this.#self = "";
  }
}
