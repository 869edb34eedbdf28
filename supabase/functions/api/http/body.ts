import { ApiError, validationError } from "./errors.ts";

/** Largest JSON body, in bytes. Files travel another way. */
export const maxBodyBytes = 1024 * 1024;

/** Longer than this no body takes to arrive. */
const patienceMs = 120_000;

/** The request's JSON body. Says exactly what is wrong with one that cannot be read. */
export async function readJson(request: Request): Promise<unknown> {
  if (!hasType(request.headers, "application/json")) throw unsupported("application/json");
  const bytes = await readBytes(request, maxBodyBytes, tooLarge);
  if (bytes.length === 0) throw notReadable("A JSON body is required");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw notReadable("The body is not valid JSON");
  }
}

/** The media type alone decides; its parameters are for whoever reads the body. */
export const hasType = (headers: Headers, type: string): boolean =>
  headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() === type;

export const unsupported = (...types: readonly string[]) =>
  new ApiError("UNSUPPORTED_MEDIA_TYPE", `Send the body as ${types.join(" or ")}.`);

export const notReadable = (message: string) => validationError([{ field: "body", message }]);

const tooLarge = () =>
  new ApiError("PAYLOAD_TOO_LARGE", `The body may have at most ${maxBodyBytes} bytes.`);

/** The whole body. What declares to be too large is refused unread. */
export async function readBytes(
  { headers, body }: Request,
  maxBytes: number,
  tooLarge: () => ApiError,
): Promise<Uint8Array> {
  const declared = Number(headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge();
  const sink = new Sink(declared, maxBytes, tooLarge);
  try {
    const signal = AbortSignal.timeout(patienceMs);
    await body?.pipeTo(new WritableStream(sink), { signal });
    return sink.bytes();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // The caller went away in the middle of it, or is too slow.
    throw notReadable("The body ended before it was complete");
  }
}

/**
 * Collects a body in one piece of memory: of the size that was declared, else one that grows. Counts
 * while it reads, because a chunked body declares no length.
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
