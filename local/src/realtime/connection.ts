import type { IncomingHttpHeaders } from "node:http";
import type { WebSocket } from "ws";
import { Channel } from "./channel.ts";
import type { Realtime } from "./context.ts";
import { decode, encode, type Frame, type Version } from "./frames.ts";
import { limits, Rate } from "./limits.ts";
import type { Claims } from "./tokens.ts";

const prefix = "realtime:";

/** One client's socket and the channels it has joined. */
export class Connection {
  readonly version: Version;
  readonly claims: Claims;
  readonly headers: IncomingHttpHeaders;
  readonly #realtime: Realtime;
  readonly #socket: WebSocket;
  readonly #channels = new Map<string, Channel>();
  readonly #joins = new Rate(limits.joinsPerSecond, 1000);
  readonly #messages = new Rate(limits.messagesPerSecond * 10, 10_000);
  #silence: NodeJS.Timeout | undefined;

  constructor(
    realtime: Realtime,
    socket: WebSocket,
    about: { version: Version; claims: Claims; headers: IncomingHttpHeaders },
  ) {
    this.#realtime = realtime;
    this.#socket = socket;
    this.version = about.version;
    this.claims = about.claims;
    this.headers = about.headers;
    socket.on("message", (data: Buffer, isBinary) => {
      this.#heard();
      const frame = decode(data, isBinary);
      if (frame !== undefined) this.#take(frame);
    });
    socket.on("pong", () => this.#heard());
    // The close that follows tells all there is to know.
    socket.on("error", () => undefined);
    socket.once("close", () => this.#end());
    this.#heard();
  }

  send(frame: Frame): void {
    this.write(encode(frame, this.version));
  }

  reply({ joinRef, ref, topic }: Frame, status: "ok" | "error", response: object): void {
    const payload = { status, response };
    this.send({ joinRef, ref, topic, event: "phx_reply", payload });
  }

  /** A socket that does not read is cut, so that it neither holds up others nor fills the memory. */
  write(data: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > limits.waitingBytes) {
      this.#realtime.log.warn("A socket that does not read was cut");
      this.#socket.terminate();
      return;
    }
    this.#socket.send(data, { binary: typeof data !== "string" });
  }

  /** Whether this client says more than it may. */
  isTooLoud(): boolean {
    return this.#messages.isExceeded();
  }

  /** A channel that has ended is not there any more, unless another took its place meanwhile. */
  forget(topic: string, channel: Channel): void {
    if (this.#channels.get(topic) === channel) this.#channels.delete(topic);
  }

  #take(frame: Frame): void {
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
      channel.take(frame);
    }
  }

  #join(frame: Frame): void {
    const { topic } = frame;
    const reason = this.#objection(topic);
    if (reason !== undefined) {
      this.reply(frame, "error", { reason });
      return;
    }
    const channel = new Channel(this.#realtime, this, frame, topic.slice(prefix.length));
    this.#channels.set(topic, channel);
    void channel.open();
  }

  /** Why a topic cannot be joined, before anybody is asked. */
  #objection(topic: string): string | undefined {
    if (!topic.startsWith(prefix)) return "unmatched topic";
    if (topic === prefix) return "TopicNameRequired: You must provide a topic name";
    if (this.#joins.isExceeded()) {
      setImmediate(() => this.#socket.close(1008, "Too many joins per second"));
      return "ClientJoinRateLimitReached: Too many joins per second";
    }
    // Joining again ends the channel that was there.
    this.#channels.get(topic)?.close();
    return this.#channels.size >= limits.channelsPerSocket
      ? "ChannelRateLimitReached: Too many channels"
      : undefined;
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket.terminate(), limits.silence);
  }

  #end(): void {
    clearTimeout(this.#silence);
    for (const channel of [...this.#channels.values()]) channel.drop();
    this.#channels.clear();
  }
}
