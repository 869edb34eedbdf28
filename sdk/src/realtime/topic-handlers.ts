import type { ChannelView } from "../core/connection.ts";
import type { RealtimeStatus } from "../types/events.ts";

/** The user who joins a topic, and their token. */
export interface Access {
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string | undefined;
}

/** What a subscription needs to know about its topic. */
export interface TopicHandlers {
  /** Returns the signed-in user; with `renew`, gets a new token because the backend refused the last one. */
  access(renew: boolean): Promise<Access>;
  topic(userId: string): string;
  /** Returns the options of a join. `failures` is the number of failed joins in a row. */
  config(userId: string, failures: number): object;
  /** Adds the listeners to a new channel. */
  bind(channel: ChannelView, isCurrent: () => boolean): void;
  /** Called after a join; `rejoined` is `true` if the topic was joined before. */
  joined(channel: ChannelView, rejoined: boolean): void;
  /** Called when the last listener is gone or the session has ended. */
  ended(): void;
  /** Called when the status changes. */
  changed(status: RealtimeStatus): void;
}
