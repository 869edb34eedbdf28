import type { ChannelView, RealtimeView } from "../core/connection.ts";
import { isOnSwiftError } from "../core/errors.ts";
import type { RealtimeStatus } from "../types/events.ts";
import { pauseBefore, stableAfter } from "./backoff.ts";
import { denied, refusalOf, stopped } from "./refusal.ts";

/** Who joins, and with which token. */
export interface Access {
  readonly token: string;
  readonly userId: string;
}

/** What a topic is joined for. */
export interface Purpose {
  /** The signed-in user, with a new token where the backend refused the one before. */
  access(renew: boolean): Promise<Access>;
  topic(userId: string): string;
  /** How to join, asked before each join; `failures` counts those in a row that came to nothing. */
  config(userId: string, failures: number): object;
  /** Puts the listeners on a new channel. */
  bind(channel: ChannelView, isCurrent: () => boolean): void;
  /** The channel is joined; `again` when it was before. */
  joined(channel: ChannelView, again: boolean): void;
  /** Nobody holds the topic any more, or the session has ended. */
  ended(): void;
  changed(status: RealtimeStatus): void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a channel outlives its last listener: screens come and go. */
const lingerMs = 5_000;

/**
 * One private topic, joined as long as somebody holds it.
 *
 * When the socket is lost, supabase-js connects again and joins again what was open on it. When the server
 * closes a channel (its token ended, it passed a limit) supabase-js does nothing, and when a join is refused
 * it asks for ever. Such a channel is given up here and a new one made, with a token just checked.
 */
export class Subscription {
  status: RealtimeStatus = "closed";
  readonly #realtime: RealtimeView;
  readonly #purpose: Purpose;
  readonly #holders = new Set<object>();
  #waiting: readonly Waiting[] = [];
  #channel: ChannelView | undefined;
  #userId = "";
  /** Counts the channels; what an earlier one still says is not heard. */
  #generation = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #joinedAt: number | undefined;
  /** Whether the join under way carries a token just checked, not one that supabase-js put there. */
  #checked = false;
  #renew = false;

  constructor(realtime: RealtimeView, purpose: Purpose) {
    this.#realtime = realtime;
    this.#purpose = purpose;
  }

  /** The channel, while it is joined. */
  get channel(): ChannelView | undefined {
    return this.status === "live" ? this.#channel : undefined;
  }

  /** Keeps the topic joined until the function it returns is called. */
  hold(): () => void {
    const holder = {};
    clearTimeout(this.#linger);
    this.#holders.add(holder);
    this.resume();
    return () => {
      if (!this.#holders.delete(holder) || this.#holders.size > 0) return;
      this.#linger = setTimeout(() => this.end(), lingerMs);
    };
  }

  /** Resolves once the channel is joined; rejects when it cannot be, or nobody wants it any more. */
  whenLive(): Promise<void> {
    if (this.status === "live") return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting = [...this.#waiting, { resolve, reject }];
    });
  }

  /** Leaves for now: those who hold the topic keep on holding it. */
  pause(): void {
    this.#leave();
    this.#change("closed");
  }

  /** Joins, if somebody holds the topic and nothing is under way. */
  resume(): void {
    if (this.#holders.size === 0 || (this.status !== "closed" && this.status !== "denied")) return;
    this.#failures = 0;
    this.#renew = false;
    this.#change("connecting");
    void this.#join();
  }

  /** Leaves for good: from here on nobody holds the topic. */
  end(error: unknown = stopped()): void {
    clearTimeout(this.#linger);
    this.#holders.clear();
    this.pause();
    this.#joinedAt = undefined;
    this.#purpose.ended();
    this.#settle((waiting) => waiting.reject(error));
  }

  async #join(): Promise<void> {
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    try {
      const { token, userId } = await this.#purpose.access(this.#renew);
      if (!isCurrent()) return;
      // Before the join, or it would go out in nobody's name.
      await this.#realtime.setAuth(token);
      if (!isCurrent()) return;
      this.#userId = userId;
      const options = { config: this.#purpose.config(userId, this.#failures) };
      const channel = this.#realtime.channel(this.#purpose.topic(userId), options);
      this.#channel = channel;
      this.#checked = true;
      this.#purpose.bind(channel, isCurrent);
      channel.subscribe((status, error) => {
        if (isCurrent()) this.#heard(channel, status, error);
      });
    } catch (error) {
      if (!isCurrent()) return;
      if (isOnSwiftError(error) && error.retryable) this.#again();
      else this.#fail(error);
    }
  }

  #heard(channel: ChannelView, status: string, error: Error | undefined): void {
    if (status === "SUBSCRIBED") this.#joined(channel);
    else if (status !== "CLOSED" && !this.#realtime.isConnected()) this.#lost(channel);
    else {
      // The server has closed it: there is nothing left to leave.
      if (status === "CLOSED") this.#channel = undefined;
      this.#refused(this.#checked ? refusalOf(error) : undefined, error);
    }
  }

  #refused(why: ReturnType<typeof refusalOf>, error: Error | undefined): void {
    if (why === "forbidden" || (why === "token" && this.#renew)) {
      this.#fail(denied(error));
    } else {
      if (why === "token") this.#renew = true;
      this.#again();
    }
  }

  #joined(channel: ChannelView): void {
    const again = this.#joinedAt !== undefined;
    this.#joinedAt = Date.now();
    this.#renew = false;
    this.#change("live");
    this.#purpose.joined(channel, again);
    this.#settle((waiting) => waiting.resolve());
  }

  /** The socket is gone: supabase-js makes a new one and joins by what is laid down here. */
  #lost(channel: ChannelView): void {
    this.#checked = false;
    this.#change(this.#underway);
    channel.updateJoinPayload?.({ config: this.#purpose.config(this.#userId, this.#failures) });
  }

  #again(): void {
    if (this.status === "live" && Date.now() - (this.#joinedAt ?? 0) > stableAfter) {
      this.#failures = 0;
    }
    this.#leave();
    this.#change(this.#underway);
    this.#retry = setTimeout(() => void this.#join(), pauseBefore(this.#failures++));
  }

  /** Final until somebody asks anew: the backend refuses, or there is nobody to ask for. */
  #fail(error: unknown): void {
    if (isOnSwiftError(error) && (error.status === 403 || error.status === 404)) {
      this.#leave();
      this.#change("denied");
      this.#settle((waiting) => waiting.reject(error));
    } else this.end(error);
  }

  #leave(): void {
    this.#generation++;
    clearTimeout(this.#retry);
    const channel = this.#channel;
    this.#channel = undefined;
    if (!channel) return;
    // Both take effect at once; what it would wait for is the server's answer.
    channel.unsubscribe().catch(() => undefined);
    channel.teardown?.();
  }

  get #underway(): RealtimeStatus {
    return this.#joinedAt === undefined ? "connecting" : "reconnecting";
  }

  #settle(each: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) each(one);
  }

  #change(status: RealtimeStatus): void {
    if (status === this.status) return;
    this.status = status;
    this.#purpose.changed(status);
  }
}
