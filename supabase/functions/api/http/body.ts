import { ApiError, validationError } from "./errors.ts";
import { hasType } from "./media-type.ts";
import { storable } from "./text.ts";

/** The limit for a JSON body. Files are sent in other ways. */
export const maxBodyBytes = 1024 * 1024;

/** How long a body may take to arrive. */
const arrivalMs = 120_000;

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
    return JSON.parse(text, (_key, inner) => (typeof inner === "string" ? storable(inner) : inner));
  } catch {
    throw invalidBody("Body must be valid JSON in UTF-8.");
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const unsupportedType = (...types: readonly string[]) =>
  new ApiError("UNSUPPORTED_MEDIA_TYPE", `Send the body as ${types.join(" or ")}.`);

export const invalidBody = (message: string) => validationError([{ field: "body", message }]);

const tooLarge = () =>
  new ApiError("PAYLOAD_TOO_LARGE", `The body must have at most ${maxBodyBytes} bytes.`);

/** Reads the whole body. A body that declares to be too large is refused before it is read. */
export async function readBytes(
  { headers, body }: Request,
  maxBytes: number,
  tooLarge: () => ApiError,
): Promise<Uint8Array> {
  const declared = Number(headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge();
  const sink = new Sink(declared, maxBytes, tooLarge);
  try {
    const signal = AbortSignal.timeout(arrivalMs);
    await body?.pipeTo(new WritableStream(sink), { signal });
    return sink.bytes();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // The caller closed the connection or is too slow.
    throw invalidBody("Body must arrive completely, within 2 minutes.");
  }
}

/**
 * Collects a body in one buffer: of the declared size, or one that grows. Counts while it reads, because a
 * chunked body does not declare its length.
 */
class Sink {
  #buffer: Uint8Array;
  #size = 0;
  readonly #maxBytes: number;
  readonly #tooLarge: () => ApiError;

  constructor(declared: number, maxBytes: number, tooLarge: () => ApiError) {
    this.#buffer = new Uint8Array(declared);
    this.#maxBytes = maxBytes;
    this.#tooLarge = tooLarge;
  }

  write(chunk: Uint8Array): void {
    const size = this.#size + chunk.length;
    if (size > this.#maxBytes) throw this.#tooLarge();
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(
        Math.min(Math.max(size, this.#buffer.length * 2), this.#maxBytes),
      );
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#size);
    this.#size = size;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }
}
