import type { Backend } from "../core/backend.ts";
import { readClaims } from "../core/claims.ts";
import { notifyAll } from "../core/report.ts";
import { withUnrefTimers } from "../core/timers.ts";
import { notAuthenticated } from "../core/tokens.ts";
import type { Conversation } from "../types/conversations.ts";
import type { RealtimeEvent, RealtimeHandler, RealtimeStatus } from "../types/events.ts";
import { Feed } from "./feed.ts";
import { stopped } from "./refusal.ts";
import { ConversationRoom } from "./room.ts";
import type { Subscription } from "./subscription.ts";
import type { Access } from "./topic-handlers.ts";
import { type Unsubscribe, unsubscribeWith } from "./unsubscribe.ts";

/**
 * Realtime events for the signed-in user. Connects with the first listener and disconnects shortly after the
 * last one is removed. Reconnects automatically, and stays connected when tokens are renewed.
 *
 * A listener belongs to the user who is signed in when it is added. It ends with the session and never
 * receives events of another user.
 */
export class Realtime {
  readonly #backend: Backend;
  readonly #feed: Feed;
  readonly #rooms = new Map<string, ConversationRoom>();
  readonly #statusListeners = new Set<(status: RealtimeStatus) => unknown>();
  #user: string | undefined;
  #observesSession = false;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
    const access = (renew: boolean) => this.#access(renew);
    this.#feed = new Feed(backend.connection.realtime, access, (status) =>
      notifyAll(this.#statusListeners, status),
    );
  }

  /**
   * Adds a listener for an event. Returns a function that removes it.
   *
   * Add listeners first, await `ready`, then load data: this way no event is missed in between. Each event is
   * delivered once, in the order of the database. An error that a handler throws is reported as uncaught and
   * does not affect other handlers.
   *
   * Requires: signed-in user.
   * Errors of `ready`: see {@link Unsubscribe.ready}.
   *
   * @example
   * ```ts
   * const unsubscribe = onswift.realtime.on("message:received", ({ message }) => show(message));
   * const { error } = await unsubscribe.ready;
   * ```
   */
  on<Event extends RealtimeEvent>(event: Event, handler: RealtimeHandler<Event>): Unsubscribe {
    this.#observeSession();
    const remove = this.#feed.add(event, handler);
    return unsubscribeWith(this.#feed.subscription, remove);
  }

  /**
   * Adds a handler that runs after a reconnect if some missed events could not be replayed. Load the shown data
   * again in it, for example messages with `messages.list(id, { after })`. Returns a function that removes the
   * handler.
   */
  onResync(handler: () => unknown): () => void {
    return addTo(this.#feed.resync, handler);
  }

  /** The current status of the connection. */
  get status(): RealtimeStatus {
    return this.#feed.subscription.status;
  }

  /** Adds a handler for status changes. Returns a function that removes it. */
  onStatus(handler: (status: RealtimeStatus) => unknown): () => void {
    return addTo(this.#statusListeners, handler);
  }

  /**
   * Returns the presence and typing of a conversation. The connection is made with the first listener.
   *
   * Requires: participant.
   */
  conversation(conversationId: string): ConversationRoom {
    this.#observeSession();
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

  /** Removes all listeners and closes the connection if no other code of the app uses it. A Node process can end. */
  close(): void {
    withUnrefTimers(() => {
      this.#end();
      const { realtime } = this.#backend.connection;
      if (realtime.getChannels().length === 0) realtime.disconnect();
    });
  }

  /**
   * Leaves all channels before a sign-out, so that none of them outlives the session. Joins them again if the
   * sign-out fails.
   *
   * @internal
   */
  async leaveDuring<T>(signOut: () => Promise<T>): Promise<T> {
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
    const { sub: userId, session_id: sessionId } = readClaims(token);
    this.#setUser(userId);
    return { token, userId, sessionId };
  }

  /** Removes all listeners if the user changes, so that none receives events of another user. */
  #setUser(user: string | undefined): void {
    if (this.#user !== undefined && this.#user !== user) this.#end();
    this.#user = user;
  }

  #observeSession(): void {
    if (this.#observesSession) return;
    this.#observesSession = true;
    this.#backend.connection.auth.onAuthStateChange((event, session) => {
      if (session) this.#setUser(readClaims(session.access_token).sub);
      else if (event === "SIGNED_OUT") this.#setUser(undefined);
      // Channels were denied as long as the second factor was missing.
      if (event === "MFA_CHALLENGE_VERIFIED") {
        for (const subscription of this.#subscriptions()) subscription.resume();
      }
    });
  }

  #end(): void {
    for (const subscription of this.#subscriptions()) subscription.end(stopped());
  }

  #subscriptions(): readonly Subscription[] {
    return [this.#feed, ...this.#rooms.values()].map(({ subscription }) => subscription);
  }
}

function addTo<Listener extends (...args: never[]) => unknown>(
  listeners: Set<Listener>,
  handler: Listener,
): () => void {
  const listener = ((...args: never[]) => handler(...args)) as Listener;
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
