import { createClient, type OnSwift } from "../src/index.ts";
import { FakeBackend, json, storageWith } from "./fake-backend.ts";

/** A protocol message from a client. */
export interface Frame {
  readonly topic: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the protocol carries
  readonly payload: any;
}

type Answer = { readonly error: string } | "ok" | "never";

/** A Realtime server without a network, under the real supabase-js client. */
export class FakeRealtime {
  readonly frames: Frame[] = [];
  /** Returns the reply to a join. */
  answer: (topic: string, attempt: number) => Answer = () => "ok";
  /** Returns what is sent directly after a join, such as replayed events. */
  afterJoin: (topic: string) => void = () => undefined;
  /** Whether sockets can be opened. */
  up = true;
  #sockets = new Set<FakeSocket>();
  readonly #joinRefs = new Map<string, string>();
  readonly #joins = new Map<string, number>();

  /** The WebSocket class to give a client. */
  get webSocket(): new () => object {
    const server = this;
    return class extends FakeSocket {
      constructor() {
        super(server);
      }
    };
  }

  get joins(): readonly Frame[] {
    return this.frames.filter(({ event }) => event === "phx_join");
  }

  of(event: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.event === event);
  }

  /** Sends an event as the database does. */
  emit(topic: string, event: string, payload: object, meta?: object): void {
    this.send(topic, "broadcast", { type: "broadcast", event, payload, ...(meta ? { meta } : {}) });
  }

  send(topic: string, event: string, payload: object, ref: string | null = null): void {
    const joinRef = event === "phx_close" || ref ? (this.#joinRefs.get(topic) ?? null) : null;
    const text = JSON.stringify([joinRef, ref, `realtime:${topic}`, event, payload]);
    for (const socket of this.#sockets) socket.onmessage?.({ data: text });
  }

  /** Closes a channel as the server does when its token has expired. */
  close(topic: string): void {
    this.send(topic, "phx_close", {}, this.#joinRefs.get(topic) ?? null);
  }

  /** Closes all sockets as a server crash does. */
  drop(): void {
    for (const socket of [...this.#sockets]) socket.end(1006);
  }

  opened(socket: FakeSocket): void {
    this.#sockets.add(socket);
  }

  gone(socket: FakeSocket): void {
    this.#sockets.delete(socket);
  }

  receive(frame: Frame, joinRef: string, ref: string): void {
    this.frames.push(frame);
    const { event, topic } = frame;
    if (event === "phx_join") {
      this.#joinRefs.set(topic, joinRef);
      const attempt = (this.#joins.get(topic) ?? 0) + 1;
      this.#joins.set(topic, attempt);
      const answer = this.answer(topic, attempt);
      if (answer === "never") return;
      const ok = answer === "ok";
      const response = ok ? { postgres_changes: [] } : { reason: answer.error };
      this.send(topic, "phx_reply", { status: ok ? "ok" : "error", response }, ref);
      if (ok) this.afterJoin(topic);
    } else if (event === "presence") {
      this.send(topic, "phx_reply", { status: "ok", response: {} }, ref);
    }
  }
}

class FakeSocket {
  binaryType = "arraybuffer";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  readonly #server: FakeRealtime;

  constructor(server: FakeRealtime) {
    this.#server = server;
    setTimeout(() => {
      if (this.readyState !== 0) return;
      if (!server.up) return this.end(1006);
      this.readyState = 1;
      server.opened(this);
      this.onopen?.();
    });
  }

  send(data: string | ArrayBuffer): void {
    const [frame, joinRef, ref] = typeof data === "string" ? text(data) : binary(data);
    queueMicrotask(() => this.#server.receive(frame, joinRef, ref));
  }

  close(code = 1000): void {
    this.end(code);
  }

  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#server.gone(this);
    this.onclose?.({ code, reason: "", wasClean: code === 1000 });
  }
}

type Read = readonly [Frame, joinRef: string, ref: string];
const short = (topic: string) => topic.replace("realtime:", "");

function text(data: string): Read {
  const [joinRef, ref, topic, event, payload] = JSON.parse(data);
  return [{ topic: short(topic), event, payload }, joinRef, ref];
}

/** Decodes a broadcast of a client: message kind 3 of the protocol. */
function binary(data: ArrayBuffer): Read {
  const bytes = new Uint8Array(data);
  let at = 7;
  const [joinRef = "", ref = "", topic = "", event = "", , payload = ""] = [
    1,
    2,
    3,
    4,
    5,
    null,
  ].map((place) => {
    const end = place === null ? bytes.length : at + (bytes[place] ?? 0);
    const part = new TextDecoder().decode(bytes.subarray(at, end));
    at = end;
    return part;
  });
  return [{ topic: short(topic), event, payload: JSON.parse(payload) }, joinRef, ref];
}

/** Creates a client of both fakes with a signed-in user. */
export function realtimeClient(
  server: FakeRealtime,
  backend = new FakeBackend(() => json({})),
  { endsIn = 900, signedIn = true } = {},
): OnSwift {
  return createClient({
    url: "http://backend.test",
    key: "sb_publishable_test",
    fetch: backend.fetch,
    storageKey: "session",
    storage: storageWith(signedIn ? { endsIn } : undefined),
    webSocket: server.webSocket,
  });
}
