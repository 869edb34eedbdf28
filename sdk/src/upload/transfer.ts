import { unreachable } from "../core/auth-error.ts";
import type { Connection } from "../core/connection.ts";
import type { Deadline } from "../core/deadline.ts";
import type { Slice } from "../types/files.ts";

/** A request to Storage; its body is a part of a file. */
export interface StorageRequest {
  readonly method: "POST" | "PATCH" | "HEAD" | "DELETE";
  /** The part after the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Slice | undefined;
}

/** A response of Storage. */
export interface StorageResponse {
  readonly status: number;
  header(name: string): string | null;
  readonly text: string;
}

/** Receives the number of bytes sent so far. */
export type OnSent = (bytes: number) => void;

/**
 * Sends one request. `fetch` does not report upload progress. XMLHttpRequest does, and is used if the runtime
 * has it and the app has not set its own `fetch`.
 */
export function sendRequest(
  connection: Connection,
  request: StorageRequest,
  deadline: Deadline,
  onSent: OnSent,
): Promise<StorageResponse> {
  const byXhr = request.body && connection.key !== null && typeof XMLHttpRequest === "function";
  const work = byXhr
    ? sendByXhr(connection, request, deadline.signal, onSent)
    : sendByFetch(connection, request, deadline.signal);
  return deadline.race(work);
}

async function sendByFetch(
  connection: Connection,
  { method, path, headers, body }: StorageRequest,
  signal: AbortSignal,
): Promise<StorageResponse> {
  try {
    const response = await connection.fetch(connection.url + path, {
      method,
      headers: { ...connection.headers, ...headers },
      body: (body as BodyInit | undefined) ?? null,
      signal,
    });
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), text };
  } catch (cause) {
    throw unreachable(cause);
  }
}

function sendByXhr(
  connection: Connection,
  { method, path, headers, body }: StorageRequest,
  signal: AbortSignal,
  onSent: OnSent,
): Promise<StorageResponse> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open(method, connection.url + path);
    const all = { ...connection.headers, apikey: connection.key, ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value ?? "");
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => {
      const { status, responseText: text } = request;
      resolve({ status, header: (name) => request.getResponseHeader(name), text });
    };
    request.onerror = () => reject(unreachable(undefined));
    request.onabort = () => reject(unreachable(signal.reason));
    request.onloadend = () => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop, { once: true });
    request.send((body as XMLHttpRequestBodyInit | undefined) ?? null);
  });
}
