import { randomUUID } from "node:crypto";
import postgres from "postgres";
import type { Extension } from "./authorization.ts";
import { ChannelAccess, ReadDenied, type SocketCredentials } from "./channel-access.ts";
import type { Realtime } from "./context.ts";
import type { Frame, Version } from "./frames.ts";
import type { Subscriber, TopicName } from "./hub.ts";
import { type JoinConfig, parseJoin } from "./join-config.ts";
import { limits, Rate } from "./limits.ts";
import type { Diff } from "./presence.ts";
import { replay } from "./replay.ts";
import { expiredSince, TokenError } from "./tokens.ts";

/** The parts of a connection that its channels use. */
export interface ChannelSocket extends SocketCredentials {
  readonly version: Version;
  send(frame: Frame): void;
  reply(frame: Frame, status: "ok" | "error", response: object): void;
  write(data: string | Buffer): void;
  /** Counts a message of this client. Returns false when it exceeds the limit. */
  countMessage(): boolean;
  /** Removes a channel that has ended. */
  remove(topic: string, channel: Channel): void;
}

/** One topic that one socket has joined. Lives until it is left, rejected, shut down or disconnected. */
export class Channel implements Subscriber {
  readonly version: Version;
  readonly joinRef: string | null;
  readonly #realtime: Realtime;
  readonly #socket: ChannelSocket;
  readonly #topic: string;
  readonly #name: TopicName;
  readonly #config: JoinConfig;
  readonly #joinToken: string | undefined;
  readonly #presenceKey: string;
  readonly #presenceCalls = new Rate(limits.presenceCalls, limits.presenceWindow);
  readonly #access: ChannelAccess;
  readonly #joinFrame: Frame;
  #state: "joining" | "joined" | "ended" = "joining";
  #tokenCheck: NodeJS.Timeout | undefined;
  /** Handles the client's frames one after the other, because some wait for the database. */
  #queue: Promise<void> = Promise.resolve();

  constructor(realtime: Realtime, socket: ChannelSocket, frame: Frame, name: string) {
    const { config, token } = parseJoin(frame.payload);
    this.#realtime = realtime;
    this.#socket = socket;
    this.#joinFrame = frame;
    this.#topic = frame.topic;
    this.#config = config;
    this.#joinToken = token;
    this.#name = { name, isPrivate: config.private };
    this.#access = new ChannelAccess(realtime, socket, this.#name, config.presence.enabled);
    this.#presenceKey = config.presence.key || randomUUID();
    this.version = socket.version;
    this.joinRef = frame.joinRef ?? frame.ref;
  }

  /** Joins the topic, or replies with the reason why not. */
  async open(): Promise<void> {
    try {
      await this.#access.use(this.#joinToken);
      const changes = this.#realtime.changes.plan(this.#config.postgres_changes);
      if (this.#hasEnded()) return;

      this.#state = "joined";
      const presence = this.#realtime.hub.join(this.#name, this);
      this.#socket.reply(this.#joinFrame, "ok", { postgres_changes: changes.accepted });
      if (this.canReceive("presence")) this.#push("presence_state", presence.state());
      this.#scheduleTokenCheck();
      await this.#replay();
      await this.#realtime.changes.subscribe(this, changes, this.#access.claims, {
        push: (payload) => this.#push("postgres_changes", payload),
        system: (status, message) => this.#system("postgres_changes", status, message),
      });
      if (this.#config.broadcast.replication_ready) {
        this.#system("system", "ok", "Replication connection established");
      }
    } catch (error) {
      this.#rejectJoin(error);
    }
  }

  receive(frame: Frame): void {
    this.#queue = this.#queue
      .then(() => (this.#hasEnded() ? undefined : this.#handle(frame)))
      .catch((error: Error) => {
        this.#realtime.log.error({ message: error.message }, "handling a frame failed");
      });
  }

  canReceive(extension: Extension): boolean {
    if (this.#state !== "joined" || !this.#access.mayRead(extension)) return false;
    return extension === "broadcast" || this.#config.presence.enabled;
  }

  deliver(data: string | Buffer): void {
    this.#socket.write(data);
  }

  deliverPresence(diff: Diff): void {
    this.#push("presence_diff", diff);
  }

  /** Ends the channel and notifies the client, which does not rejoin by itself. */
  close(): void {
    if (this.#hasEnded()) return;
    this.end();
    this.#socket.remove(this.#topic, this);
    const { joinRef } = this;
    this.#socket.send({
      joinRef,
      ref: joinRef,
      topic: this.#topic,
      event: "phx_close",
      payload: {},
    });
  }

  /** Ends the channel without notifying the client. */
  end(): void {
    if (this.#hasEnded()) return;
    this.#state = "ended";
    clearTimeout(this.#tokenCheck);
    this.#realtime.hub.leave(this.#name, this);
    this.#realtime.changes.unsubscribe(this);
  }

  async #handle(frame: Frame): Promise<void> {
    switch (frame.event) {
      case "phx_leave":
        this.#socket.reply(frame, "ok", {});
        this.close();
        return;
      case "access_token":
        return this.#changeToken(frame);
      case "broadcast":
        return this.#broadcast(frame);
      case "presence":
        return this.#presence(frame);
      default:
        return;
    }
  }

  async #broadcast(frame: Frame): Promise<void> {
    if (!this.#socket.countMessage()) return this.#shutDown("Too many messages per second");
    const message = frame.payload as { event?: unknown; payload?: unknown } | null;
    if (this.#state !== "joined" || typeof message?.event !== "string") return;
    const acknowledge = (status: "ok" | "error", response: object) => {
      if (this.#config.broadcast.ack) this.#socket.reply(frame, status, response);
    };
    const { event, payload } = message;
    if (sizeOf(payload) > limits.broadcastBytes) {
      return acknowledge("error", { reason: "Payload size exceeds the allowed limit" });
    }
    // As upstream, a broadcast without the right to write is dropped without a reply.
    if (!(await this.#access.mayWrite("broadcast")) || this.#hasEnded()) return;
    const except = this.#config.broadcast.self ? undefined : this;
    this.#realtime.hub.broadcast(this.#name, { event, payload }, except);
    acknowledge("ok", {});
  }

  async #presence(frame: Frame): Promise<void> {
    if (!this.#presenceCalls.countAndCheck()) {
      return this.#shutDown("Client presence rate limit exceeded");
    }
    const message = frame.payload as { event?: unknown; payload?: unknown } | null;
    if (!(await this.#access.mayWrite("presence"))) return this.#socket.reply(frame, "error", {});
    if (this.#hasEnded()) return;
    if (message?.event === "untrack") {
      this.#realtime.hub.untrack(this.#name, this);
    } else if (message?.event === "track") {
      const { payload } = message;
      if (payload === null || typeof payload !== "object" || Array.isArray(payload)) {
        const reason = "Presence track payload must be a map";
        return this.#socket.reply(frame, "error", { reason });
      }
      if (sizeOf(payload) > limits.broadcastBytes) {
        return this.#shutDown("Track message size exceeded");
      }
      const state = payload as Record<string, unknown>;
      this.#realtime.hub.track(this.#name, this, this.#presenceKey, state);
    }
    this.#socket.reply(frame, "ok", {});
  }

  /** Replaces the token and evaluates all rights again. Ignores API keys and the current token. */
  async #changeToken({ payload }: Frame): Promise<void> {
    const token = (payload as { access_token?: unknown } | null)?.access_token;
    if (typeof token !== "string" || token.startsWith("sb_")) return;
    if (this.#access.isCurrent(token)) return;
    try {
      await this.#access.use(token);
      this.#scheduleTokenCheck();
      this.#realtime.changes.setClaims(this, this.#access.claims);
    } catch (error) {
      if (error instanceof TokenError) return this.#shutDown(error.message);
      if (!(error instanceof ReadDenied)) throw error;
      const { name } = this.#name;
      this.#shutDown(`You no longer have permission to read from this Channel topic: ${name}`);
    }
  }

  async #replay(): Promise<void> {
    const request = this.#config.broadcast.replay;
    if (request === undefined || !this.#name.isPrivate || !this.#access.mayRead("broadcast"))
      return;
    for (const frame of await replay(this.#realtime.sql, this.#topic, request, this.version)) {
      if (!this.#hasEnded()) this.deliver(frame);
    }
  }

  /** Checks the token's expiry when it is due, and at least every five minutes. */
  #scheduleTokenCheck(): void {
    clearTimeout(this.#tokenCheck);
    const remaining = this.#access.claims.exp * 1000 - Date.now();
    this.#tokenCheck = setTimeout(
      () => {
        const { exp } = this.#access.claims;
        if (exp * 1000 > Date.now()) this.#scheduleTokenCheck();
        else this.#shutDown(expiredSince(exp));
      },
      Math.max(0, Math.min(remaining, limits.tokenCheckInterval)),
    );
  }

  #shutDown(message: string): void {
    this.#system("system", "error", message);
    this.close();
  }

  #system(extension: string, status: "ok" | "error", message: string): void {
    this.#push("system", { extension, status, message, channel: this.#name.name });
  }

  #push(event: string, payload: unknown): void {
    if (this.#state !== "joined") return;
    const { joinRef } = this;
    this.#socket.send({ joinRef, ref: null, topic: this.#topic, event, payload });
  }

  /** Replies with a delay, because a rejected client tries again at once. */
  #rejectJoin(error: unknown): void {
    const reason = reasonOf(error);
    if (!(error instanceof ReadDenied || error instanceof TokenError)) {
      this.#realtime.log.error({ message: (error as Error).message }, "a join failed");
    }
    this.end();
    setTimeout(() => {
      this.#socket.reply(this.#joinFrame, "error", { reason });
      this.#socket.remove(this.#topic, this);
    }, limits.rejectionDelay);
  }

  #hasEnded(): boolean {
    return this.#state === "ended";
  }
}

/** Returns the reason of a rejected join in upstream's format `<code>: <message>`. */
function reasonOf(error: unknown): string {
  if (error instanceof ReadDenied) {
    const denied = "You do not have permissions to read from this Channel topic";
    return `Unauthorized: ${denied}: ${error.message}`;
  }
  if (error instanceof TokenError) return `${error.code}: ${error.message}`;
  if (!(error instanceof postgres.PostgresError)) {
    return "DatabaseLackOfConnections: The database is not answering";
  }
  return error.code === "23514"
    ? "MissingPartition: There is no partition for today's messages"
    : `RlsPolicyError: ${error.message}`;
}

const sizeOf = (payload: unknown): number =>
  Buffer.isBuffer(payload) ? payload.length : Buffer.byteLength(JSON.stringify(payload ?? null));
