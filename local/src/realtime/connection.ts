import type { IncomingHttpHeaders } from "node:http";
import type { WebSocket } from "ws";
import { Channel, type ChannelSocket } from "./channel.ts";
import type { Realtime } from "./context.ts";
import { decode, encode, type Frame, type Version } from "./frames.ts";
import { limits, Rate } from "./limits.ts";
import type { Claims } from "./tokens.ts";

const prefix = "realtime:";

/** One client's socket and the channels it has joined. */
export class Connection implements ChannelSocket {
  readonly version: Version;
  readonly claims: Claims;
  readonly headers: IncomingHttpHeaders;
  readonly #realtime: Realtime;
  readonly #socket: WebSocket;
  readonly #channels = new Map<string, Channel>();
  readonly #joins = new Rate(limits.joinsPerSecond, 1000);
  readonly #messages = new Rate(limits.messagesPerSecond * 10, 10_000);
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(
    realtime: Realtime,
    socket: WebSocket,
    client: { version: Version; claims: Claims; headers: IncomingHttpHeaders },
  ) {
    this.#realtime = realtime;
    this.#socket = socket;
    this.version = client.version;
    this.claims = client.claims;
    this.headers = client.headers;
    socket.on("message", (data: Buffer, isBinary) => {
      this.#resetIdleTimer();
      const frame = decode(data, isBinary);
      if (frame !== undefined) this.#receive(frame);
    });
    socket.on("pong", () => this.#resetIdleTimer());
    // A `close` event always follows and is handled below.
    socket.on("error", () => undefined);
    socket.once("close", () => this.#end());
    this.#resetIdleTimer();
  }

  send(frame: Frame): void {
    this.write(encode(frame, this.version));
  }

  reply({ joinRef, ref, topic }: Frame, status: "ok" | "error", response: object): void {
    const payload = { status, response };
    this.send({ joinRef, ref, topic, event: "phx_reply", payload });
  }

  /** Writes to the socket. Closes a socket that does not read, so that its messages do not fill the memory. */
  write(data: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > limits.maxBufferedBytes) {
      this.#realtime.log.warn("closed a socket that does not read its messages");
      this.#socket.terminate();
      return;
    }
    this.#socket.send(data, { binary: typeof data !== "string" });
  }

  countMessage(): boolean {
    return this.#messages.countAndCheck();
  }

  /** Removes a channel that has ended, unless a new channel has replaced it. */
  remove(topic: string, channel: Channel): void {
    if (this.#channels.get(topic) === channel) this.#channels.delete(topic);
  }

  #receive(frame: Frame): void {
    const { topic, event } = frame;
    if (topic === "phoenix") {
      if (event === "heartbeat") this.reply(frame, "ok", {});
      return;
    }
    if (event === "phx_join") {
      this.#join(frame);
      return;
    }
    const channel = this.#channels.get(topic);
    if (channel === undefined) {
      const isLeave = event === "phx_leave";
      this.reply(frame, isLeave ? "ok" : "error", isLeave ? {} : { reason: "unmatched topic" });
    } else if (frame.joinRef === null || frame.joinRef === channel.joinRef) {
      channel.receive(frame);
    }
  }

  #join(frame: Frame): void {
    const { topic } = frame;
    const reason = this.#prepareJoin(topic);
    if (reason !== undefined) {
      this.reply(frame, "error", { reason });
      return;
    }
    const channel = new Channel(this.#realtime, this, frame, topic.slice(prefix.length));
    this.#channels.set(topic, channel);
    void channel.open();
  }

  /** Checks topic and limits, and closes an earlier channel of the same topic. Returns why a join fails. */
  #prepareJoin(topic: string): string | undefined {
    if (!topic.startsWith(prefix)) return "unmatched topic";
    if (topic === prefix) return "TopicNameRequired: You must provide a topic name";
    if (!this.#joins.countAndCheck()) {
      setImmediate(() => this.#socket.close(1008, "Too many joins per second"));
      return "ClientJoinRateLimitReached: Too many joins per second";
    }
    this.#channels.get(topic)?.close();
    return this.#channels.size >= limits.channelsPerSocket
      ? "ChannelRateLimitReached: Too many channels"
      : undefined;
  }

  #resetIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#socket.terminate(), limits.idleTimeout);
  }

  #end(): void {
    clearTimeout(this.#idleTimer);
    for (const channel of [...this.#channels.values()]) channel.end();
    this.#channels.clear();
  }
}
