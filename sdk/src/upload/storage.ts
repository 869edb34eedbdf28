import { unreachable } from "../core/auth-error.ts";
import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { requestIdOf } from "../core/rest-error.ts";
import { version } from "../version.ts";
import { statusOf, storageError } from "./storage-error.ts";
import { type OnSent, type StorageRequest, type StorageResponse, sendRequest } from "./transfer.ts";

/** Encodes a path in Storage for a URL. */
export const encodePath = (path: string): string =>
  path.split("/").map(encodeURIComponent).join("/");

/** Sends requests to Storage as the signed-in user. Each request gets the current token: an upload can take longer than a token is valid. */
export class Storage {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Sends a request. Throws if the response is an error. */
  async send(
    deadline: Deadline,
    request: StorageRequest,
    onSent: OnSent = () => undefined,
  ): Promise<StorageResponse> {
    const { connection, tokens } = this.#backend;
    const sendWith = (token: string) => {
      const headers = {
        ...request.headers,
        authorization: `Bearer ${token}`,
        "x-client-info": `onswift-sdk/${version}`,
      };
      return sendRequest(connection, { ...request, headers }, deadline, onSent);
    };

    let response = await sendWith(await deadline.race(tokens.required()));
    if (rejectsToken(response)) {
      // By this device's clock the token was still valid.
      const renewed = await deadline.race(tokens.renew());
      if (renewed !== null) response = await sendWith(renewed);
    }
    if (response.status >= 300) throw errorOf(response.status, response.text, response.header);
    return response;
  }

  /** Starts to download an object. The deadline applies until the response starts, not to its body. */
  async open(deadline: Deadline, bucket: string, path: string): Promise<Response> {
    const { connection, tokens } = this.#backend;
    const token = await deadline.race(tokens.required());
    const url = `${connection.url}/storage/v1/object/authenticated/${bucket}/${encodePath(path)}`;
    const headers = { ...connection.headers, authorization: `Bearer ${token}` };
    const request = connection.fetch(url, { headers, signal: deadline.signal });
    const response = await deadline.race(
      request.catch((cause) => {
        throw unreachable(cause);
      }),
    );
    if (response.ok) return response;
    const text = await deadline.race(response.text());
    throw errorOf(response.status, text, (name) => response.headers.get(name));
  }
}

const errorOf = (status: number, text: string, get: (name: string) => string | null) =>
  storageError(status, text, requestIdOf({ get }));

function rejectsToken({ status, text }: StorageResponse): boolean {
  const actual = statusOf(status, text);
  return actual === 401 || ((actual === 400 || actual === 403) && /jwt|"exp\\?"/i.test(text));
}
