import { ApiError, validationError } from "./errors.ts";
import { hasType } from "./media-type.ts";
import type { Room } from "./memory-budget.ts";
import { storable } from "./text.ts";

/** The limit for a JSON body. Files are sent in other ways. */
export const maxBodyBytes = 1024 * 1024;

/** How long a body may take to arrive, and how long it may pause. */
const arrivalMs = 120_000;
const pauseMs = 15_000;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON object in the body. Only its form is checked here: what its fields may hold is checked by
 * the database.
 */
export async function readJson(request: Request): Promise<JsonObject> {
  if (!hasType(request.headers, "application/json")) throw unsupportedType("application/json");
  const bytes = await readBytes(request, maxBodyBytes, tooLarge);
  if (bytes.length === 0) throw invalidBody("Body must be a JSON object.");
  const value = parse(bytes);
  if (!isObject(value)) throw invalidBody("Body must be a JSON object.");
  return value;
}

function parse(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return JSON.parse(text, (_key, inner) => sendable(inner));
  } catch {
    throw invalidBody("Body must be valid JSON in UTF-8.");
  }
}

/**
 * A value that reaches the database as it was sent. JavaScript reads `1e400` as infinity and would pass it on as null,
 * which clears a field: the largest number is as wrong, and is refused.
 */
function sendable(value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  const isInfinite = value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
  return isInfinite ? Math.sign(value as number) * Number.MAX_VALUE : value;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const unsupportedType = (...types: readonly string[]) =>
  new ApiError("UNSUPPORTED_MEDIA_TYPE", `Send the body as ${types.join(" or ")}.`);

export const invalidBody = (message: string) => validationError([{ field: "body", message }]);

const tooLarge = () =>
  new ApiError("PAYLOAD_TOO_LARGE", `The body must have at most ${maxBodyBytes} bytes.`);

/**
 * Reads the whole body. A body that declares to be too large is refused before it is read. Takes the room that
 * it needs as the bytes arrive.
 */
export async function readBytes(
  { headers, body }: Request,
  maxBytes: number,
  tooLarge: () => ApiError,
  room?: Room,
): Promise<Uint8Array> {
  const declared = Number(headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge();
  const pause = new AbortController();
  const sink = new Sink(maxBytes, tooLarge, room, pause);
  const signals = [AbortSignal.timeout(arrivalMs), pause.signal];
  try {
    const signal = AbortSignal.any(room === undefined ? signals : [...signals, room.signal]);
    await body?.pipeTo(new WritableStream(sink), { signal });
    return sink.bytes();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // The caller closed the connection or is too slow.
    throw invalidBody("Body must arrive completely, within 2 minutes and without long pauses.");
  } finally {
    sink.stop();
  }
}

/** The buffer of a body starts with this size, doubles up to the second, and then grows by it. */
const [firstBytes, stepBytes] = [64 * 1024, 1024 * 1024];

/** Collects a body in one buffer that grows as bytes arrive: the declared length proves nothing. */
class Sink {
  #buffer = new Uint8Array(0);
  #size = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #maxBytes: number;
  readonly #tooLarge: () => ApiError;
  readonly #room: Room | undefined;
  readonly #pause: AbortController;

  constructor(
    maxBytes: number,
    tooLarge: () => ApiError,
    room: Room | undefined,
    pause: AbortController,
  ) {
    this.#maxBytes = maxBytes;
    this.#tooLarge = tooLarge;
    this.#room = room;
    this.#pause = pause;
    this.#expectBytes();
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.stop();
    const size = this.#size + chunk.length;
    if (size > this.#maxBytes) throw this.#tooLarge();
    if (size > this.#buffer.length) await this.#grow(size);
    this.#buffer.set(chunk, this.#size);
    this.#size = size;
    this.#expectBytes();
  }

  async #grow(size: number): Promise<void> {
    const length = this.#buffer.length;
    const next = length + Math.min(Math.max(length, firstBytes), stepBytes);
    const larger = Math.min(Math.max(size, next), this.#maxBytes);
    await this.#room?.grow(larger - length);
    const buffer = new Uint8Array(larger);
    buffer.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = buffer;
  }

  #expectBytes(): void {
    this.#timer = setTimeout(() => this.#pause.abort(), pauseMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }
}
