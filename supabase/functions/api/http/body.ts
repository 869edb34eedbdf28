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
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patienceMs);
  try {
    return await readLimited(body, maxBytes, tooLarge, late.signal);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // The caller went away in the middle of it, or is too slow.
    throw notReadable("The body ended before it was complete");
  } finally {
    clearTimeout(timer);
  }
}

/** Counts while it reads, because a chunked body declares no length. */
async function readLimited(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  tooLarge: () => ApiError,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    },
  });
  await body?.pipeTo(sink, { signal });
  return joined(chunks, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
