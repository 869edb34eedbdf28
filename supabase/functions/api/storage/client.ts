import { unavailable } from "../http/errors.ts";

/** Storage said no. */
export class StorageRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "StorageRefusal";
    this.code = code;
  }
}

export interface StorageOptions {
  readonly supabaseUrl: string;
  /** What the addresses that callers get begin with. */
  readonly publicUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly fetch?: typeof fetch;
}

/** An object's place. */
export interface Place {
  readonly bucket: string;
  readonly path: string;
}

/** How long an address for a download is good, in seconds. */
export const addressSeconds = 3600;

const timeoutMs = 10_000;
const uploadTimeoutMs = 60_000;

/** Storage's HTTP API: uploads with the caller's own rights, addresses for downloads with the project's. */
export class StorageClient {
  readonly #options: StorageOptions;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  async upload(bearer: string, place: Place, bytes: Uint8Array, type: string): Promise<void> {
    await this.#send(`/object/${keyOf(place)}`, bearer, {
      body: piecewise(bytes),
      headers: { "content-type": type, "content-length": String(bytes.length) },
      signal: AbortSignal.timeout(uploadTimeoutMs),
    });
  }

  /** An address to which the bytes of one object can be sent without a token. */
  async uploadAddress(bearer: string, place: Place): Promise<{ url: string; expires: Date }> {
    const path = `/object/upload/sign/${keyOf(place)}`;
    const { url, token } = await this.#json<{ url: string; token: string }>(path, bearer, {});
    return { url: this.address(url), expires: expiryOf(token) };
  }

  /** Addresses for downloads out of one bucket, by path. What is not there has none. */
  async downloadAddresses(bucket: string, paths: readonly string[]): Promise<Map<string, string>> {
    const signed = await this.#json<readonly { path: string; signedURL: string | null }[]>(
      `/object/sign/${bucket}`,
      this.#options.secretKey,
      { expiresIn: addressSeconds, paths },
    );
    return new Map(
      signed.flatMap(({ path, signedURL }) => (signedURL ? [[path, this.address(signedURL)]] : [])),
    );
  }

  /** An address as callers reach it, of a path within Storage. */
  readonly address = (path: string): string => `${this.#options.publicUrl}/storage/v1${path}`;

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
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

export const keyOf = ({ bucket, path }: Place): string =>
  [bucket, ...path.split("/")].map(encodeURIComponent).join("/");

/** Whatever Storage has against a request of ours that the database has let pass, but for its own faults. */
async function refusal(response: Response): Promise<Error> {
  const { code = "", message = "" } = await response.json().catch(() => ({}));
  if (response.status === 429 || response.status >= 500) {
    return unavailable(`Storage: ${response.status} ${code}`);
  }
  return new StorageRefusal(String(code), `${response.status} ${code}: ${message}`);
}

/** When the token of an upload address runs out. */
function expiryOf(token: string): Date {
  const [, payload = ""] = token.split(".");
  const { exp } = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  return new Date(Number(exp) * 1000);
}

const pieceBytes = 256 * 1024;

/** In pieces: a body handed over whole is copied whole. */
function piecewise(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(offset, offset + pieceBytes));
      offset += pieceBytes;
    },
  });
}
