import type { ChannelView } from "../core/connection.ts";
import type { RealtimeStatus } from "../types/events.ts";

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
