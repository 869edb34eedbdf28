import type { ChannelView, RealtimeView } from "../core/connection.ts";
import { notifyAll } from "../core/report.ts";
import type { Delivery, RealtimeEvent, RealtimeHandler, RealtimeStatus } from "../types/events.ts";
import { EventMemory } from "./event-memory.ts";
import { Subscription } from "./subscription.ts";
import type { Access } from "./topic-handlers.ts";

/** A broadcast of supabase-js. */
interface Broadcast {
  readonly event: string;
  readonly payload: {
    readonly id?: string;
    readonly actorId?: string | null;
    readonly sessionId?: string | null;
  };
  readonly meta?: { readonly id?: string; readonly replayed?: boolean };
}

type Listener = (payload: never, delivery: Delivery) => unknown;

/** How many events the server replays at most. */
const replayLimit = 25;
/** How long before the latest event a replay starts, because clocks and transaction times differ. */
const overlapMs = 30_000;
/** Replayed events follow the join at once. After this time the replay is over. */
const replayMs = 1_000;

/** The events of one user, from the topic `user:<id>`. Only the database can send to it. */
export class Feed {
  readonly subscription: Subscription;
  readonly resync = new Set<() => unknown>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #memory = new EventMemory();
  /** When the first join and the latest event happened, by this device's clock. */
  #joinedAt = 0;
  #latestEventAt = 0;
  #check: ReturnType<typeof setTimeout> | undefined;
  /** The session of this client. The app knows what it did itself. */
  #sessionId: string | undefined;

  constructor(
    realtime: RealtimeView,
    access: (renew: boolean) => Promise<Access>,
    changed: (status: RealtimeStatus) => void,
  ) {
    this.subscription = new Subscription(realtime, {
      access: async (renew) => {
        const granted = await access(renew);
        this.#sessionId = granted.sessionId;
        return granted;
      },
      topic: (userId) => `user:${userId}`,
      config: (_, failures) => ({
        private: true,
        broadcast: { ack: false, self: false, ...this.#replay(failures) },
        presence: { key: "", enabled: false },
        postgres_changes: [],
      }),
      bind: (channel, isCurrent) => this.#bind(channel, isCurrent),
      joined: (_, rejoined) => this.#joined(rejoined),
      ended: () => this.#reset(),
      changed,
    });
  }

  add<Event extends RealtimeEvent>(event: Event, handler: RealtimeHandler<Event>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // Wrapped, so that a handler added twice counts as two listeners that can be removed separately.
    const listener: Listener = (payload, delivery) => handler(payload, delivery);
    listeners.add(listener);
    const release = this.subscription.hold();
    return () => {
      listeners.delete(listener);
      release();
    };
  }

  #bind(channel: ChannelView, isCurrent: () => boolean): void {
    channel.on("broadcast", { event: "*" }, (broadcast: Broadcast) => {
      if (isCurrent()) this.#receive(broadcast);
    });
  }

  #receive({ event, payload, meta }: Broadcast): void {
    const { id: payloadId, actorId = null, sessionId, ...rest } = payload;
    const id = meta?.id ?? payloadId ?? null;
    const replayed = meta?.replayed === true;
    if (id !== null && !this.#memory.remember(id, replayed)) return;
    this.#latestEventAt = Date.now();
    if (sessionId && sessionId === this.#sessionId) return;
    notifyAll(this.#listeners.get(event) ?? [], rest as never, { id, replayed, actorId });
  }

  /** Asks for a replay after a gap. After two failed joins, joins without one: the server may not support it. */
  #replay(failures: number): object {
    if (this.#joinedAt === 0 || failures > 2) return {};
    const since = Math.max(this.#joinedAt, this.#latestEventAt - overlapMs);
    return { replay: { since, limit: replayLimit } };
  }

  #joined(rejoined: boolean): void {
    if (!rejoined) {
      this.#joinedAt = Date.now();
      return;
    }
    // If the previous replay was not checked yet, its gap stays open.
    const unchecked = this.#check !== undefined;
    clearTimeout(this.#check);
    this.#memory.beginReplay();
    this.#check = setTimeout(() => {
      this.#check = undefined;
      if (unchecked || !this.#memory.isComplete(replayLimit)) notifyAll(this.resync);
    }, replayMs);
  }

  #reset(): void {
    clearTimeout(this.#check);
    this.#check = undefined;
    this.#listeners.clear();
    this.#memory.clear();
    this.#joinedAt = 0;
    this.#latestEventAt = 0;
  }
}
