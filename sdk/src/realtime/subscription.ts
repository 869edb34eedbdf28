import type { ChannelView, RealtimeView } from "../core/connection.ts";
import { isOnSwiftError } from "../core/errors.ts";
import type { RealtimeStatus } from "../types/events.ts";
import { pauseBefore, stableAfterMs } from "./backoff.ts";
import { denied, refusalOf, stopped } from "./refusal.ts";
import type { TopicHandlers } from "./topic-handlers.ts";

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a channel stays joined after its last listener: screens open and close quickly. */
const lingerMs = 5_000;

/**
 * One private topic, joined while it has a holder.
 *
 * When the socket is lost, supabase-js reconnects and rejoins its channels. When the server closes a channel
 * (because its token expired or it exceeded a limit), supabase-js does nothing, and when a join is refused it
 * retries for ever. This class then replaces the channel with a new one that joins with a valid token.
 */
export class Subscription {
  status: RealtimeStatus = "closed";
  readonly #realtime: RealtimeView;
  readonly #handlers: TopicHandlers;
  readonly #holders = new Set<object>();
  #waiting: readonly Waiting[] = [];
  #channel: ChannelView | undefined;
  #userId = "";
  /** The number of the current channel. Messages of earlier channels are ignored. */
  #generation = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #joinedAt: number | undefined;
  /** Whether the current join uses a token from the session, not one that supabase-js added on a rejoin. */
  #ownToken = false;
  #renew = false;

  constructor(realtime: RealtimeView, handlers: TopicHandlers) {
    this.#realtime = realtime;
    this.#handlers = handlers;
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

  /** Resolves when the channel is joined. Rejects when it cannot be joined or the last holder is gone. */
  whenLive(): Promise<void> {
    if (this.status === "live") return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting = [...this.#waiting, { resolve, reject }];
    });
  }

  /** Leaves the topic but keeps its holders. */
  pause(): void {
    this.#leave();
    this.#change("closed");
  }

  /** Joins the topic if it has a holder and no join is running. */
  resume(): void {
    if (this.#holders.size === 0 || (this.status !== "closed" && this.status !== "denied")) return;
    this.#failures = 0;
    this.#renew = false;
    this.#change("connecting");
    void this.#join();
  }

  /** Joins again, so that the server decides anew whether the user may be here. */
  rejoin(): void {
    this.pause();
    this.resume();
  }

  /** Leaves the topic and removes its holders. */
  end(error: unknown = stopped()): void {
    clearTimeout(this.#linger);
    this.#holders.clear();
    this.pause();
    this.#joinedAt = undefined;
    this.#handlers.ended();
    this.#settle((waiting) => waiting.reject(error));
  }

  async #join(): Promise<void> {
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    try {
      const { token, userId } = await this.#handlers.access(this.#renew);
      if (!isCurrent()) return;
      // Before the join, which would otherwise be sent without the user's token.
      await this.#realtime.setAuth(token);
      if (!isCurrent()) return;
      this.#userId = userId;
      const options = { config: this.#handlers.config(userId, this.#failures) };
      const channel = this.#realtime.channel(this.#handlers.topic(userId), options);
      this.#channel = channel;
      this.#ownToken = true;
      this.#handlers.bind(channel, isCurrent);
      channel.subscribe((status, error) => {
        if (isCurrent()) this.#statusChanged(channel, status, error);
      });
    } catch (error) {
      if (!isCurrent()) return;
      if (isOnSwiftError(error) && error.retryable) this.#rejoin();
      else this.#fail(error);
    }
  }

  #statusChanged(channel: ChannelView, status: string, error: Error | undefined): void {
    if (status === "SUBSCRIBED") this.#joined(channel);
    else if (status !== "CLOSED" && !this.#realtime.isConnected()) this.#socketLost(channel);
    else {
      // The server closed the channel, so there is nothing to leave.
      if (status === "CLOSED") this.#channel = undefined;
      this.#refused(this.#ownToken ? refusalOf(error) : undefined, error);
    }
  }

  #refused(why: ReturnType<typeof refusalOf>, error: Error | undefined): void {
    if (why === "forbidden" || (why === "token" && this.#renew)) {
      this.#fail(denied(error));
    } else {
      if (why === "token") this.#renew = true;
      this.#rejoin();
    }
  }

  #joined(channel: ChannelView): void {
    const rejoined = this.#joinedAt !== undefined;
    this.#joinedAt = Date.now();
    this.#renew = false;
    this.#change("live");
    this.#handlers.joined(channel, rejoined);
    this.#settle((waiting) => waiting.resolve());
  }

  /** The socket is lost. supabase-js reconnects and rejoins with the payload set here. */
  #socketLost(channel: ChannelView): void {
    this.#ownToken = false;
    this.#change(this.#joiningStatus);
    channel.updateJoinPayload?.({ config: this.#handlers.config(this.#userId, this.#failures) });
  }

  #rejoin(): void {
    if (this.status === "live" && Date.now() - (this.#joinedAt ?? 0) > stableAfterMs) {
      this.#failures = 0;
    }
    this.#leave();
    this.#change(this.#joiningStatus);
    this.#retry = setTimeout(() => void this.#join(), pauseBefore(this.#failures++));
  }

  /** Stops joining until a listener is added: the backend refused, or no user is signed in. */
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
    // Both take effect at once. The promise would only wait for the server's reply.
    channel.unsubscribe().catch(() => undefined);
    channel.teardown?.();
  }

  get #joiningStatus(): RealtimeStatus {
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
    this.#handlers.changed(status);
  }
}
