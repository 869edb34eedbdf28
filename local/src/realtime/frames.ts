/** One message of the Phoenix protocol, whichever way it was written. */
export interface Frame {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

/** The two ways clients write frames: objects, or arrays with binary frames beside them. */
export type Version = "1.0.0" | "2.0.0";

/** What a broadcast carries: JSON, or bytes as they are. */
export interface Broadcast {
  readonly event: string;
  readonly payload: unknown;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

const userBroadcastPush = 3;
const userBroadcast = 4;
const asBytes = 0;
const asJson = 1;
const longestPart = 255;

/** Reads a frame; undefined for anything else, which is ignored. */
export function decode(data: Buffer, isBinary: boolean): Frame | undefined {
  try {
    return isBinary ? decodePush(data) : decodeText(JSON.parse(data.toString()));
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" ? String(value) : null;

function decodeText(said: unknown): Frame | undefined {
  if (said === null || typeof said !== "object") return undefined;
  const [joinRef, ref, topic, event, payload] = Array.isArray(said)
    ? said
    : [
        (said as Record<string, unknown>).join_ref,
        (said as Record<string, unknown>).ref,
        (said as Record<string, unknown>).topic,
        (said as Record<string, unknown>).event,
        (said as Record<string, unknown>).payload,
      ];
  if (typeof topic !== "string" || typeof event !== "string") return undefined;
  return { joinRef: text(joinRef), ref: text(ref), topic, event, payload };
}

/** A broadcast of a client: lengths of its parts in one byte each, then the parts, then the payload. */
function decodePush(data: Buffer): Frame | undefined {
  if (data[0] !== userBroadcastPush || data.length < 7) return undefined;
  let at = 7;
  const part = (index: number) => {
    const length = data[index] ?? 0;
    at += length;
    if (at > data.length) throw new RangeError("The frame is shorter than it says.");
    return data.toString("utf8", at - length, at);
  };
  const [joinRef = "", ref = "", topic = "", event = ""] = [1, 2, 3, 4, 5].map(part);
  const body = data.subarray(at);
  const payload = data[6] === asJson ? JSON.parse(body.toString()) : Buffer.from(body);
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: "broadcast",
    payload: { type: "broadcast", event, payload },
  };
}

export function encode({ joinRef, ref, topic, event, payload }: Frame, version: Version): string {
  return version === "1.0.0"
    ? JSON.stringify({ topic, event, payload, ref })
    : JSON.stringify([joinRef, ref, topic, event, payload]);
}

/** A broadcast as every listener with this version gets it. */
export function encodeBroadcast(
  topic: string,
  { event, payload, meta }: Broadcast,
  version: Version,
): string | Buffer {
  if (version === "1.0.0") {
    const body = { event, payload, type: "broadcast", ...(meta === undefined ? {} : { meta }) };
    return encode({ joinRef: null, ref: null, topic, event: "broadcast", payload: body }, version);
  }
  const isBytes = Buffer.isBuffer(payload);
  const parts = [topic, event, meta === undefined ? "" : JSON.stringify(meta)].map((part) =>
    Buffer.from(part),
  );
  if (parts.some(({ length }) => length > longestPart)) {
    throw new RangeError("A topic, an event and its metadata have at most 255 bytes each.");
  }
  const head = [userBroadcast, ...parts.map(({ length }) => length), isBytes ? asBytes : asJson];
  const body = isBytes ? payload : Buffer.from(JSON.stringify(payload ?? null));
  return Buffer.concat([Buffer.from(head), ...parts, body]);
}
