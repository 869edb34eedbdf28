import type { ChannelView, RealtimeView } from "../core/connection.ts";
import { tellAll } from "../core/report.ts";
import type { Delivery, RealtimeEvent, RealtimeHandler, RealtimeStatus } from "../types/events.ts";
import { Memory } from "./memory.ts";
import { type Access, Subscription } from "./subscription.ts";

/** A broadcast as supabase-js hands it out. */
interface Broadcast {
  readonly event: string;
  readonly payload: { readonly id?: string };
  readonly meta?: { readonly id?: string; readonly replayed?: boolean };
}

type Listener = (payload: never, delivery: Delivery) => unknown;

/** The most events a server repeats after a gap. */
const replayLimit = 25;
/** How far before the last event the repetition begins: clocks differ, and so do the lengths of transactions. */
const overlapMs = 30_000;
/** Repeated events follow the join at once; when nothing came for this long after it, that was all. */
const replayedWithin = 1_000;

/** What happens to one user: the topic `user:<id>`, which nobody but the database writes to. */
export class Feed {
  readonly subscription: Subscription;
  readonly resync = new Set<() => unknown>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #memory = new Memory();
  /** Since when events are heard, and when the last one was; by this device's clock. */
  #since = 0;
  #heardAt = 0;
  #check: ReturnType<typeof setTimeout> | undefined;

  constructor(
    realtime: RealtimeView,
    access: (renew: boolean) => Promise<Access>,
    changed: (status: RealtimeStatus) => void,
  ) {
    this.subscription = new Subscription(realtime, {
      access,
      topic: (userId) => `user:${userId}`,
      config: (_, failures) => ({
        private: true,
        broadcast: { ack: false, self: false, ...this.#replay(failures) },
        presence: { key: "", enabled: false },
        postgres_changes: [],
      }),
      bind: (channel, isCurrent) => this.#bind(channel, isCurrent),
      joined: (_, again) => this.#joined(again),
      ended: () => this.#forget(),
      changed,
    });
  }

  add<Event extends RealtimeEvent>(event: Event, handler: RealtimeHandler<Event>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // Wrapped, so that a handler given twice is two listeners, each with its own end.
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
      if (isCurrent()) this.#hear(broadcast);
    });
  }

  #hear({ event, payload, meta }: Broadcast): void {
    const { id: own, ...rest } = payload;
    const id = meta?.id ?? own ?? null;
    const replayed = meta?.replayed === true;
    if (id !== null && !this.#memory.isNew(id, replayed)) return;
    this.#heardAt = Date.now();
    tellAll(this.#listeners.get(event) ?? [], rest as never, { id, replayed });
  }

  /** Which events to repeat after a gap; a server that fails over it is asked to join without. */
  #replay(failures: number): object {
    if (this.#since === 0 || failures > 2) return {};
    const since = Math.max(this.#since, this.#heardAt - overlapMs);
    return { replay: { since, limit: replayLimit } };
  }

  #joined(again: boolean): void {
    if (!again) {
      this.#since = Date.now();
      return;
    }
    // A gap that was not looked into yet stays one, whatever the next repetition joins up with.
    const doubtful = this.#check !== undefined;
    clearTimeout(this.#check);
    this.#memory.beginReplay();
    this.#check = setTimeout(() => {
      this.#check = undefined;
      if (doubtful || !this.#memory.isWhole(replayLimit)) tellAll(this.resync);
    }, replayedWithin);
  }

  #forget(): void {
    clearTimeout(this.#check);
    this.#check = undefined;
    this.#listeners.clear();
    this.#memory.clear();
    this.#since = 0;
    this.#heardAt = 0;
  }
}
