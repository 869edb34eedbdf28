import { randomUUID } from "node:crypto";
import postgres from "postgres";
import type { Listener, Rights } from "./authorization.ts";
import type { Connection } from "./connection.ts";
import type { Realtime } from "./context.ts";
import type { Frame, Version } from "./frames.ts";
import type { Subscriber, TopicName } from "./hub.ts";
import { type JoinConfig, readJoin } from "./join-config.ts";
import { limits, Rate } from "./limits.ts";
import type { Diff } from "./presence.ts";
import { replay } from "./replay.ts";
import { type Claims, expiredSince, TokenError } from "./tokens.ts";

class Refusal extends Error {}

const all: Rights = { broadcast: true, presence: true };
const unauthorized = "You do not have permissions to read from this Channel topic";

/** One topic joined by one socket, from its join to whatever ends it. */
export class Channel implements Subscriber {
  readonly version: Version;
  readonly joinRef: string | null;
  readonly #realtime: Realtime;
  readonly #connection: Connection;
  readonly #topic: string;
  readonly #name: TopicName;
  readonly #config: JoinConfig;
  readonly #wishedToken: string | undefined;
  readonly #key: string;
  readonly #presenceCalls = new Rate(limits.presenceCalls, limits.presenceWindow);
  #frame: Frame;
  #token: string | undefined;
  #claims: Claims;
  #reads: Rights = { broadcast: false, presence: false };
  #writes: Partial<Record<"broadcast" | "presence", Promise<boolean>>> = {};
  #state: "joining" | "joined" | "ended" = "joining";
  #confirmation: NodeJS.Timeout | undefined;
  /** What comes from one client is worked off in its order, also where the database is asked. */
  #work: Promise<void> = Promise.resolve();

  constructor(realtime: Realtime, connection: Connection, frame: Frame, name: string) {
    const { config, token } = readJoin(frame.payload);
    this.#realtime = realtime;
    this.#connection = connection;
    this.#frame = frame;
    this.#topic = frame.topic;
    this.#config = config;
    this.#wishedToken = token;
    this.#claims = connection.claims;
    this.#name = { name, isPrivate: config.private };
    this.#key = config.presence.key || randomUUID();
    this.version = connection.version;
    this.joinRef = frame.joinRef ?? frame.ref;
  }

  /** Joins, or says why not. */
  async open(): Promise<void> {
    try {
      await this.#useToken(this.#wishedToken);
      await this.#requireRead();
      const changes = this.#realtime.changes.plan(this.#config.postgres_changes);
      if (this.#hasEnded()) return;

      this.#state = "joined";
      const presence = this.#realtime.hub.join(this.#name, this);
      this.#connection.reply(this.#frame, "ok", { postgres_changes: changes.accepted });
      if (this.hears("presence")) this.#push("presence_state", presence.state());
      this.#confirmSoon();
      await this.#replay();
      await this.#realtime.changes.subscribe(this, changes, this.#claims, {
        push: (payload) => this.#push("postgres_changes", payload),
        system: (status, message) => this.#system("postgres_changes", status, message),
      });
      if (this.#config.broadcast.replication_ready) {
        this.#system("system", "ok", "Replication connection established");
      }
    } catch (error) {
      this.#refuse(error);
    }
  }

  take(frame: Frame): void {
    this.#work = this.#work
      .then(() => (this.#hasEnded() ? undefined : this.#handle(frame)))
      .catch((error: Error) => {
        this.#realtime.log.error({ message: error.message }, "A frame could not be worked on");
      });
  }

  hears(extension: "broadcast" | "presence"): boolean {
    if (this.#state !== "joined" || !this.#reads[extension]) return false;
    return extension === "broadcast" || this.#config.presence.enabled;
  }

  deliver(data: string | Buffer): void {
    this.#connection.write(data);
  }

  tellPresence(diff: Diff): void {
    this.#push("presence_diff", diff);
  }

  /** Ends it for the client too; it will not come back by itself. */
  close(): void {
    if (this.#hasEnded()) return;
    this.drop();
    this.#connection.forget(this.#topic, this);
    const { joinRef } = this;
    this.#connection.send({
      joinRef,
      ref: joinRef,
      topic: this.#topic,
      event: "phx_close",
      payload: {},
    });
  }

  /** Ends it where there is nobody to tell. */
  drop(): void {
    if (this.#hasEnded()) return;
    this.#state = "ended";
    clearTimeout(this.#confirmation);
    this.#realtime.hub.leave(this.#name, this);
    this.#realtime.changes.unsubscribe(this);
  }

  async #handle(frame: Frame): Promise<void> {
    this.#frame = frame;
    switch (frame.event) {
      case "phx_leave":
        this.#connection.reply(frame, "ok", {});
        this.close();
        return;
      case "access_token":
        return this.#renew(frame);
      case "broadcast":
        return this.#broadcast(frame);
      case "presence":
        return this.#presence(frame);
      default:
        return;
    }
  }

  async #broadcast(frame: Frame): Promise<void> {
    if (this.#connection.isTooLoud()) return this.#shutDown("Too many messages per second");
    const said = frame.payload as { event?: unknown; payload?: unknown } | null;
    if (this.#state !== "joined" || typeof said?.event !== "string") return;
    const answer = (status: "ok" | "error", response: object) => {
      if (this.#config.broadcast.ack) this.#connection.reply(frame, status, response);
    };
    const { event, payload } = said;
    if (sizeOf(payload) > limits.broadcastBytes) {
      return answer("error", { reason: "Payload size exceeds the allowed limit" });
    }
    // Nobody learns that a topic would not hear them: what may not be said is not said.
    if (!(await this.#mayWrite("broadcast")) || this.#hasEnded()) return;
    const except = this.#config.broadcast.self ? undefined : this;
    this.#realtime.hub.broadcast(this.#name, { event, payload }, except);
    answer("ok", {});
  }

  async #presence(frame: Frame): Promise<void> {
    if (this.#presenceCalls.isExceeded()) {
      return this.#shutDown("Client presence rate limit exceeded");
    }
    const said = frame.payload as { event?: unknown; payload?: unknown } | null;
    if (!(await this.#mayWrite("presence"))) return this.#connection.reply(frame, "error", {});
    if (this.#hasEnded()) return;
    if (said?.event === "untrack") {
      this.#realtime.hub.untrack(this.#name, this);
    } else if (said?.event === "track") {
      const { payload } = said;
      if (payload === null || typeof payload !== "object" || Array.isArray(payload)) {
        const reason = "Presence track payload must be a map";
        return this.#connection.reply(frame, "error", { reason });
      }
      if (sizeOf(payload) > limits.broadcastBytes) {
        return this.#shutDown("Track message size exceeded");
      }
      this.#realtime.hub.track(this.#name, this, this.#key, payload as Record<string, unknown>);
    }
    this.#connection.reply(frame, "ok", {});
  }

  /** Another token: everything it allowed is asked anew. */
  async #renew({ payload }: Frame): Promise<void> {
    const token = (payload as { access_token?: unknown } | null)?.access_token;
    if (typeof token !== "string" || token.startsWith("sb_") || token === this.#token) return;
    try {
      await this.#useToken(token);
      this.#writes = {};
      await this.#requireRead();
      this.#confirmSoon();
      this.#realtime.changes.renew(this, this.#claims);
    } catch (error) {
      if (error instanceof TokenError) return this.#shutDown(error.message);
      if (!(error instanceof Refusal)) throw error;
      const { name } = this.#name;
      this.#shutDown(`You no longer have permission to read from this Channel topic: ${name}`);
    }
  }

  async #useToken(token: string | undefined): Promise<void> {
    const isOwn = token !== undefined && token !== "" && !token.startsWith("sb_");
    this.#claims = isOwn ? await this.#realtime.verify(token) : this.#connection.claims;
    this.#token = isOwn ? token : undefined;
    const { exp } = this.#claims;
    if (exp * 1000 <= Date.now()) throw new TokenError(expiredSince(exp));
  }

  async #requireRead(): Promise<void> {
    if (!this.#name.isPrivate) {
      this.#reads = all;
      return;
    }
    const withPresence = this.#config.presence.enabled;
    this.#reads = await this.#realtime.authorization.mayRead(this.#listener(), withPresence);
    if (this.#reads.broadcast || this.#reads.presence) return;
    throw new Refusal(`Unauthorized: ${unauthorized}: ${this.#name.name}`);
  }

  #mayWrite(extension: "broadcast" | "presence"): Promise<boolean> {
    if (!this.#name.isPrivate) return Promise.resolve(true);
    const { authorization } = this.#realtime;
    this.#writes[extension] ??= authorization.mayWrite(this.#listener(), extension);
    return this.#writes[extension];
  }

  #listener(): Listener {
    return {
      claims: this.#claims,
      topic: this.#name.name,
      headers: this.#connection.headers,
    };
  }

  async #replay(): Promise<void> {
    const wish = this.#config.broadcast.replay;
    if (wish === undefined || !this.#name.isPrivate || !this.#reads.broadcast) return;
    for (const frame of await replay(this.#realtime.sql, this.#topic, wish, this.version)) {
      if (!this.#hasEnded()) this.deliver(frame);
    }
  }

  /** Looks at the token again when it ends, and now and then before. */
  #confirmSoon(): void {
    clearTimeout(this.#confirmation);
    const left = this.#claims.exp * 1000 - Date.now();
    this.#confirmation = setTimeout(
      () => {
        if (this.#claims.exp * 1000 > Date.now()) this.#confirmSoon();
        else this.#shutDown(expiredSince(this.#claims.exp));
      },
      Math.max(0, Math.min(left, limits.confirmation)),
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
    this.#connection.send({ joinRef, ref: null, topic: this.#topic, event, payload });
  }

  /** Said after a moment: a client that is refused tries again at once. */
  #refuse(error: unknown): void {
    const frame = this.#frame;
    const reason = reasonOf(error);
    if (!(error instanceof Refusal || error instanceof TokenError)) {
      this.#realtime.log.error({ message: (error as Error).message }, "A join failed");
    }
    this.drop();
    setTimeout(() => {
      this.#connection.reply(frame, "error", { reason });
      this.#connection.forget(this.#topic, this);
    }, limits.refusalDelay);
  }

  #hasEnded(): boolean {
    return this.#state === "ended";
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof TokenError) return `${error.code}: ${error.message}`;
  if (!(error instanceof postgres.PostgresError)) {
    return "DatabaseLackOfConnections: The database is not answering";
  }
  return error.code === "23514"
    ? "MissingPartition: There is no partition for the messages of today"
    : `RlsPolicyError: ${error.message}`;
}

const sizeOf = (payload: unknown): number =>
  Buffer.isBuffer(payload) ? payload.length : Buffer.byteLength(JSON.stringify(payload ?? null));
