/** One message of the Phoenix protocol, independent of its encoding. */
export interface Frame {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

/** Protocol versions: JSON objects (1.0.0), or JSON arrays and binary frames (2.0.0). */
export type Version = "1.0.0" | "2.0.0";

/** The content of a broadcast. `payload` is JSON or a Buffer. */
export interface Broadcast {
  readonly event: string;
  readonly payload: unknown;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

const userBroadcastPush = 3;
const userBroadcast = 4;
const binaryEncoding = 0;
const jsonEncoding = 1;
const maxPartBytes = 255;

/** Decodes a frame. Returns undefined for malformed data, which is ignored as upstream does. */
export function decode(data: Buffer, isBinary: boolean): Frame | undefined {
  try {
    return isBinary ? decodePush(data) : decodeText(JSON.parse(data.toString()));
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" ? String(value) : null;

function decodeText(value: unknown): Frame | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const fields = value as Record<string, unknown>;
  const [joinRef, ref, topic, event, payload] = Array.isArray(value)
    ? value
    : [fields.join_ref, fields.ref, fields.topic, fields.event, fields.payload];
  if (typeof topic !== "string" || typeof event !== "string") return undefined;
  return { joinRef: text(joinRef), ref: text(ref), topic, event, payload };
}

/** Decodes a client's broadcast: the length of each part in one byte, then the parts, then the payload. */
function decodePush(data: Buffer): Frame | undefined {
  if (data[0] !== userBroadcastPush || data.length < 7) return undefined;
  let at = 7;
  const part = (index: number) => {
    const length = data[index] ?? 0;
    at += length;
    if (at > data.length)
      throw new RangeError("The frame is shorter than the lengths in its header.");
    return data.toString("utf8", at - length, at);
  };
  const [joinRef = "", ref = "", topic = "", event = ""] = [1, 2, 3, 4, 5].map(part);
  const body = data.subarray(at);
  const payload = data[6] === jsonEncoding ? JSON.parse(body.toString()) : Buffer.from(body);
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

/** Encodes a broadcast for clients of one protocol version. */
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
  if (parts.some(({ length }) => length > maxPartBytes)) {
    throw new RangeError("Topic, event and metadata can have at most 255 bytes each.");
  }
  const encoding = isBytes ? binaryEncoding : jsonEncoding;
  const head = [userBroadcast, ...parts.map(({ length }) => length), encoding];
  const body = isBytes ? payload : Buffer.from(JSON.stringify(payload ?? null));
  return Buffer.concat([Buffer.from(head), ...parts, body]);
}
