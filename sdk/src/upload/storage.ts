import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { requestIdOf } from "../core/rest-error.ts";
import { version } from "../version.ts";
import { statusOf, storageError } from "./storage-error.ts";
import { type OnSent, type StorageRequest, type StorageResponse, sendRequest } from "./transfer.ts";

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
}

const errorOf = (status: number, text: string, get: (name: string) => string | null) =>
  storageError(status, text, requestIdOf({ get }));

function rejectsToken({ status, text }: StorageResponse): boolean {
  const actual = statusOf(status, text);
  return actual === 401 || ((actual === 400 || actual === 403) && /jwt|"exp\\?"/i.test(text));
}
