import { ApiError, validationError } from "./errors.ts";

/** Largest JSON body, in bytes. Files travel another way. */
export const maxBodyBytes = 1024 * 1024;

/** The request's JSON body. Says exactly what is wrong with one that cannot be read. */
export async function readJson(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBodyBytes) throw tooLarge();
  if (!isJson(request.headers.get("content-type"))) {
    throw new ApiError("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.");
  }
  const bytes = await readLimited(request.body).catch((error: unknown) => {
    // The caller went away in the middle of it.
    throw error instanceof ApiError ? error : notReadable("The body ended before it was complete");
  });
  if (bytes.length === 0) throw notReadable("A JSON body is required");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw notReadable("The body is not valid JSON");
  }
}

const isJson = (type: string | null) => /^application\/json\s*(;|$)/i.test(type?.trim() ?? "");

const tooLarge = () =>
  new ApiError("PAYLOAD_TOO_LARGE", `The body may have at most ${maxBodyBytes} bytes.`);

const notReadable = (message: string) => validationError([{ field: "body", message }]);

/** Counts while it reads, because a chunked body declares no length. */
async function readLimited(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
