/** What the tests of Realtime share: channels of supabase-js that remember what they heard, and raw sockets. */
import {
  REALTIME_SUBSCRIBE_STATES,
  type RealtimeChannel,
  type RealtimeChannelOptions,
} from "@supabase/supabase-js";
import { WebSocket } from "ws";
import { apiUrl, type Person, publishableKey, query } from "../contract/target.ts";
import { until } from "../support/http.ts";

export interface Heard {
  readonly event: string;
  readonly payload: Record<string, unknown>;
  readonly meta?: { readonly id?: string; readonly replayed?: boolean };
}

export interface Ear {
  readonly channel: RealtimeChannel;
  readonly heard: Heard[];
  /** The answer to the join: `SUBSCRIBED`, or why not. */
  readonly status: string;
}

/** Joins a private channel as somebody and listens to all broadcasts. */
export async function join(
  { client }: Pick<Person, "client">,
  topic: string,
  config: RealtimeChannelOptions["config"] = {},
  wire: (channel: RealtimeChannel) => void = () => undefined,
): Promise<Ear> {
  await client.realtime.setAuth();
  const channel = client.channel(topic, { config: { private: true, ...config } });
  const heard: Heard[] = [];
  channel.on("broadcast", { event: "*" }, (message) => heard.push(message as unknown as Heard));
  wire(channel);
  const status = await new Promise<string>((resolve) => {
    channel.subscribe((state, error) => {
      if (state !== REALTIME_SUBSCRIBE_STATES.CLOSED) resolve(error?.message ?? state);
    });
  });
  return { channel, heard, status };
}

/** What a trigger does. */
export const send = (topic: string, event: string, payload: object, isPrivate = true) =>
  query("select realtime.send($1::text::jsonb, $2, $3, $4::text::boolean)", [
    JSON.stringify(payload),
    event,
    topic,
    String(isPrivate),
  ]);

export type Frame = [string | null, string | null, string, string, Record<string, unknown>];

/** A socket without a library above it. */
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

  say(frame: unknown): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The first frame that fits, once it is there. */
  async frame(fits: (frame: Frame) => boolean): Promise<Frame> {
    await until("the frame is there", async () => this.frames.some(fits), 5000);
    const found = this.frames.find(fits);
    if (found === undefined) throw new Error("It vanished.");
    return found;
  }

  /** Joins, and gives the reply's status and response. */
  async join(
    topic: string,
    payload: object = {},
    ref = "1",
  ): Promise<{ status: string; response: Record<string, unknown> }> {
    this.say([ref, ref, `realtime:${topic}`, "phx_join", payload]);
    const [, , , , reply] = await this.frame(
      ([, answered, , event]) => event === "phx_reply" && answered === ref,
    );
    return reply as { status: string; response: Record<string, unknown> };
  }

  close(): void {
    this.socket.terminate();
  }
}
