import { concat } from "@std/bytes/concat.js";
import { decodeJwt } from "jose";
import { unavailable } from "../http/errors.ts";

/** An error response of Storage. */
export class StorageError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "StorageError";
    this.code = code;
  }
}

export interface StorageOptions {
  readonly supabaseUrl: string;
  /** The base of the URLs that callers get. */
  readonly publicUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly fetch?: typeof fetch;
}

/** Where an object is stored. */
export interface Place {
  readonly bucket: string;
  readonly path: string;
}

/** How long a signed download URL works, in seconds. */
export const signedSeconds = 3600;

const timeoutMs = 10_000;
const uploadTimeoutMs = 60_000;

/** The HTTP API of Storage: uploads with the caller's own rights, signs downloads with the project's key. */
export class StorageClient {
  readonly #options: StorageOptions;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  async upload(bearer: string, place: Place, bytes: Uint8Array, type: string): Promise<void> {
    await this.#send(`/object/${keyOf(place)}`, bearer, {
      body: inChunks(bytes),
      headers: { "content-type": type, "content-length": String(bytes.length) },
      signal: AbortSignal.timeout(uploadTimeoutMs),
    });
  }

  /** Returns the first bytes of an object, with the project's key; undefined when there is no such object. */
  async readHead(place: Place, size: number): Promise<Uint8Array | undefined> {
    const { supabaseUrl, secretKey, fetch: send = fetch } = this.#options;
    const response = await send(`${supabaseUrl}/storage/v1/object/authenticated/${keyOf(place)}`, {
      headers: {
        apikey: secretKey,
        authorization: `Bearer ${secretKey}`,
        range: `bytes=0-${size - 1}`,
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return undefined;
    }
    return readFirst(response.body, size);
  }

  /** Returns a URL to which the bytes of one object can be sent without a token. */
  async signUpload(bearer: string, place: Place): Promise<{ url: string; expires: Date }> {
    const path = `/object/upload/sign/${keyOf(place)}`;
    const { url, token } = await this.#json<{ url: string; token: string }>(path, bearer, {});
    return { url: this.publicUrl(url), expires: new Date(Number(decodeJwt(token).exp) * 1000) };
  }

  /** Returns download URLs by path, for objects of one bucket. Missing objects have none. */
  async signDownloads(bucket: string, paths: readonly string[]): Promise<Map<string, string>> {
    const signed = await this.#json<readonly { path: string; signedURL: string | null }[]>(
      `/object/sign/${bucket}`,
      this.#options.secretKey,
      { expiresIn: signedSeconds, paths },
    );
    return new Map(
      signed.flatMap(({ path, signedURL }) =>
        signedURL ? [[path, this.publicUrl(signedURL)]] : [],
      ),
    );
  }

  /**
   * Returns the URL of an image in another size; undefined if there is no such object. Storage signs the original
   * where it does not transform images.
   */
  async signImage(place: Place, transform: object): Promise<string | undefined> {
    const body = { expiresIn: signedSeconds, transform };
    const path = `/object/sign/${keyOf(place)}`;
    const { secretKey } = this.#options;
    const signed = await this.#json<{ signedURL: string }>(path, secretKey, body).catch((error) => {
      if (error instanceof StorageError && error.code === "NoSuchKey") return undefined;
      throw error;
    });
    return signed && this.publicUrl(signed.signedURL);
  }

  /** The URL under which callers reach a path of Storage. */
  readonly publicUrl = (path: string): string => `${this.#options.publicUrl}/storage/v1${path}`;

  async #json<Answer>(path: string, bearer: string, body: object): Promise<Answer> {
    const response = await this.#send(path, bearer, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return (await response.json()) as Answer;
  }

  async #send(path: string, bearer: string, init: RequestInit): Promise<Response> {
    const { supabaseUrl, publishableKey, secretKey, fetch: send = fetch } = this.#options;
    const response = await send(`${supabaseUrl}/storage/v1${path}`, {
      ...init,
      method: "POST",
      headers: {
        ...init.headers,
        apikey: bearer === secretKey ? secretKey : publishableKey,
        authorization: `Bearer ${bearer}`,
      },
    }).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (!response.ok) throw await storageErrorOf(response);
    return response;
  }
}

/** A signed URL under which browsers save the file with its original name. The signature does not cover it. */
export const asDownload = (url: string, fileName: string): string =>
  `${url}&download=${encodeURIComponent(fileName)}`;

export const keyOf = ({ bucket, path }: Place): string =>
  [bucket, ...path.split("/")].map(encodeURIComponent).join("/");

/** The database has already accepted the request, so only a temporary failure is not Storage's decision. */
async function storageErrorOf(response: Response): Promise<Error> {
  const { code = "", message = "" } = await response.json().catch(() => ({}));
  if (response.status === 429 || response.status >= 500) {
    return unavailable(`Storage: ${response.status} ${code}`);
  }
  return new StorageError(String(code), `${response.status} ${code}: ${message}`);
}

/** Reads the first bytes of a body and cancels the rest. */
async function readFirst(body: ReadableStream<Uint8Array>, size: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= size) break;
  }
  return concat(chunks).subarray(0, size);
}

const chunkBytes = 256 * 1024;

/** In chunks, because `fetch` copies a body that is passed as a whole. */
function inChunks(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(offset, offset + chunkBytes));
      offset += chunkBytes;
    },
  });
}
