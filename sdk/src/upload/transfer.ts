import { unreachable } from "../core/auth-error.ts";
import type { Connection } from "../core/connection.ts";
import type { Deadline } from "../core/deadline.ts";
import type { Slice } from "../types/files.ts";

/** A request to Storage that may carry a piece of a file. */
export interface Shipment {
  readonly method: "POST" | "PATCH" | "HEAD" | "DELETE";
  /** From the base URL on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Slice | undefined;
}

/** What Storage answered. */
export interface Receipt {
  readonly status: number;
  header(name: string): string | null;
  readonly text: string;
}

/** Told how many bytes of the body have left. */
export type OnSent = (bytes: number) => void;

/**
 * Sends one shipment. `fetch` does not tell how far a body is; XMLHttpRequest does, and is used where the
 * runtime has it and the app has not brought a `fetch` of its own.
 */
export function ship(
  connection: Connection,
  shipment: Shipment,
  deadline: Deadline,
  onSent: OnSent,
): Promise<Receipt> {
  const byXhr = shipment.body && connection.key !== null && typeof XMLHttpRequest === "function";
  const work = byXhr
    ? shipByXhr(connection, shipment, deadline.signal, onSent)
    : shipByFetch(connection, shipment, deadline.signal);
  return deadline.race(work);
}

async function shipByFetch(
  connection: Connection,
  { method, path, headers, body }: Shipment,
  signal: AbortSignal,
): Promise<Receipt> {
  try {
    const response = await connection.fetch(connection.url + path, {
      method,
      headers: { ...Object.fromEntries(connection.headers), ...headers },
      body: (body as BodyInit | undefined) ?? null,
      signal,
    });
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), text };
  } catch (cause) {
    throw unreachable(cause);
  }
}

function shipByXhr(
  connection: Connection,
  { method, path, headers, body }: Shipment,
  signal: AbortSignal,
  onSent: OnSent,
): Promise<Receipt> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open(method, connection.url + path);
    const all = { ...Object.fromEntries(connection.headers), apikey: connection.key, ...headers };
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
