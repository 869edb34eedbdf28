/** Shared by the tests of Realtime: supabase-js channels that record their messages, and raw sockets. */
import {
  REALTIME_SUBSCRIBE_STATES,
  type RealtimeChannel,
  type RealtimeChannelOptions,
} from "@supabase/supabase-js";
import { WebSocket } from "ws";
import { apiUrl, type Person, publishableKey, query } from "../contract/target.ts";
import { until } from "../support/http.ts";

export interface ReceivedMessage {
  readonly event: string;
  readonly payload: Record<string, unknown>;
  readonly meta?: { readonly id?: string; readonly replayed?: boolean };
}

export interface JoinedChannel {
  readonly channel: RealtimeChannel;
  readonly received: ReceivedMessage[];
  /** The result of the join: `SUBSCRIBED`, or the error message. */
  readonly status: string;
}

/** Joins a private channel as a user and records all broadcasts. */
export async function join(
  { client }: Pick<Person, "client">,
  topic: string,
  config: RealtimeChannelOptions["config"] = {},
  wire: (channel: RealtimeChannel) => void = () => undefined,
): Promise<JoinedChannel> {
  await client.realtime.setAuth();
  const channel = client.channel(topic, { config: { private: true, ...config } });
  const received: ReceivedMessage[] = [];
  channel.on("broadcast", { event: "*" }, (message) =>
    received.push(message as unknown as ReceivedMessage),
  );
  wire(channel);
  const status = await new Promise<string>((resolve) => {
    channel.subscribe((state, error) => {
      if (state !== REALTIME_SUBSCRIBE_STATES.CLOSED) resolve(error?.message ?? state);
    });
  });
  return { channel, received, status };
}

/** Sends a message with `realtime.send`, as triggers do. */
export const sendFromDatabase = (topic: string, event: string, payload: object, isPrivate = true) =>
  query("select realtime.send($1::text::jsonb, $2, $3, $4::text::boolean)", [
    JSON.stringify(payload),
    event,
    topic,
    String(isPrivate),
  ]);

export type Frame = [string | null, string | null, string, string, Record<string, unknown>];

/** A WebSocket without a client library. */
export class RawSocket {
  readonly frames: Frame[] = [];
  readonly binary: Buffer[] = [];
  readonly socket: WebSocket;
  closed: number | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.binary.push(data);
      else this.frames.push(JSON.parse(data.toString()));
    });
    socket.on("close", (code) => {
      this.closed = code;
    });
    socket.on("error", () => undefined);
  }

  static async open(version = "2.0.0", key = publishableKey): Promise<RawSocket> {
    const address = apiUrl.replace("http", "ws");
    const socket = new WebSocket(
      `${address}/realtime/v1/websocket?apikey=${encodeURIComponent(key)}&vsn=${version}`,
    );
    const raw = new RawSocket(socket);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("unexpected-response", (_request, response) =>
        reject(new Error(String(response.statusCode))),
      );
    });
    return raw;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Waits for the first frame that matches. */
  async frame(matches: (frame: Frame) => boolean): Promise<Frame> {
    await until("the frame arrives", async () => this.frames.some(matches), 5000);
    const found = this.frames.find(matches);
    if (found === undefined) throw new Error("The frame is missing.");
    return found;
  }

  /** Joins a topic and returns status and response of the reply. */
  async join(
    topic: string,
    payload: object = {},
    ref = "1",
  ): Promise<{ status: string; response: Record<string, unknown> }> {
    this.send([ref, ref, `realtime:${topic}`, "phx_join", payload]);
    const [, , , , reply] = await this.frame(
      ([, answered, , event]) => event === "phx_reply" && answered === ref,
    );
    return reply as { status: string; response: Record<string, unknown> };
  }

  close(): void {
    this.socket.terminate();
  }
}
