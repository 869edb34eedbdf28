import type { Backend } from "../core/backend.ts";
import { readClaims } from "../core/claims.ts";
import { tellAll } from "../core/report.ts";
import { notAuthenticated } from "../core/tokens.ts";
import type { Conversation } from "../types/conversations.ts";
import type { RealtimeEvent, RealtimeHandler, RealtimeStatus } from "../types/events.ts";
import { Feed } from "./feed.ts";
import { type Listening, listening } from "./listening.ts";
import { stopped } from "./refusal.ts";
import { ConversationRoom } from "./room.ts";
import type { Access, Subscription } from "./subscription.ts";

/**
 * What happens, as it happens. There is one connection, made when somebody listens and dropped a little
 * after nobody does. It outlives token renewals and comes back by itself after whatever ends it.
 *
 * Listeners belong to the user who is signed in when they are added: they end with the session, and never
 * hear what is another user's.
 */
export class Realtime {
  readonly #backend: Backend;
  readonly #feed: Feed;
  readonly #rooms = new Map<string, ConversationRoom>();
  readonly #statusListeners = new Set<(status: RealtimeStatus) => unknown>();
  #user: string | undefined;
  #watching = false;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
    const access = (renew: boolean) => this.#access(renew);
    this.#feed = new Feed(backend.connection.realtime, access, (status) =>
      tellAll(this.#statusListeners, status),
    );
  }

  /**
   * Hears of an event until the function it returns is called.
   *
   * Add listeners first, await `ready`, then load: what happens in between arrives, at worst twice, never
   * not at all. An event is handed out once, in the order of the database. A handler that throws is
   * reported and stops nobody else.
   *
   * @example
   * ```ts
   * const stop = onswift.realtime.on("message:received", ({ message }) => show(message));
   * const { error } = await stop.ready;
   * ```
   */
  on<Event extends RealtimeEvent>(event: Event, handler: RealtimeHandler<Event>): Listening {
    this.#watch();
    const stop = this.#feed.add(event, handler);
    return listening(this.#feed.subscription, stop);
  }

  /**
   * Called when the connection comes back and events may have been missed that could not be fetched: load
   * again what is shown, messages with `messages.list(id, { after })`. Returns its own stop function.
   */
  onResync(handler: () => unknown): () => void {
    return added(this.#feed.resync, handler);
  }

  /** How it stands with the events. */
  get status(): RealtimeStatus {
    return this.#feed.subscription.status;
  }

  /** Hears of every change of the status. Returns its own stop function. */
  onStatus(handler: (status: RealtimeStatus) => unknown): () => void {
    return added(this.#statusListeners, handler);
  }

  /** Who is in a conversation, and who is typing. Its two participants. */
  conversation(conversationId: string): ConversationRoom {
    this.#watch();
    const { realtime } = this.#backend.connection;
    const access = (renew: boolean) => this.#access(renew);
    const operation = {
      name: "get_conversation",
      args: { conversationId },
      kind: "read",
    } as const;
    const load = () => this.#backend.run<Conversation>(operation);
    const known = this.#rooms.get(conversationId);
    const room = known ?? new ConversationRoom(conversationId, realtime, access, load);
    this.#rooms.set(conversationId, room);
    return room;
  }

  /** Ends every listener of events and conversations, and the connection when nobody else uses it. */
  close(): void {
    this.#end();
    const { realtime } = this.#backend.connection;
    if (realtime.getChannels().length === 0) realtime.disconnect();
  }

  /**
   * Leaves before the session ends, so that no channel outlives it; comes back when it did not end.
   *
   * @internal
   */
  async leaving<T>(signOut: () => Promise<T>): Promise<T> {
    for (const subscription of this.#subscriptions()) subscription.pause();
    try {
      return await signOut();
    } catch (error) {
      for (const subscription of this.#subscriptions()) subscription.resume();
      throw error;
    }
  }

  async #access(renew: boolean): Promise<Access> {
    const { tokens } = this.#backend;
    const token = renew ? await tokens.renew() : await tokens.required();
    if (token === null) throw notAuthenticated();
    const userId = readClaims(token).sub;
    this.#belongTo(userId);
    return { token, userId };
  }

  /** Another user than before: nothing that was added for that one may hear of this one. */
  #belongTo(user: string | undefined): void {
    if (this.#user !== undefined && this.#user !== user) this.#end();
    this.#user = user;
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#backend.connection.auth.onAuthStateChange((event, session) => {
      if (session) this.#belongTo(readClaims(session.access_token).sub);
      else if (event === "SIGNED_OUT") this.#belongTo(undefined);
    });
  }

  #end(): void {
    for (const subscription of this.#subscriptions()) subscription.end(stopped());
  }

  #subscriptions(): readonly Subscription[] {
    return [this.#feed, ...this.#rooms.values()].map(({ subscription }) => subscription);
  }
}

function added<Listener extends (...args: never[]) => unknown>(
  to: Set<Listener>,
  handler: Listener,
): () => void {
  const listener = ((...args: never[]) => handler(...args)) as Listener;
  to.add(listener);
  return () => void to.delete(listener);
}
