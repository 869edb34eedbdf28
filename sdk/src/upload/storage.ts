import { unreachable } from "../core/auth-error.ts";
import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { version } from "../version.ts";
import { statusOf, storageError } from "./storage-error.ts";
import { type OnSent, type Receipt, type Shipment, ship } from "./transfer.ts";

/** A path in Storage as it stands in an address. */
export const inAddress = (path: string): string =>
  path.split("/").map(encodeURIComponent).join("/");

/** Storage, in the signed-in user's name. The token is asked for anew each time: an upload outlives many. */
export class Storage {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Sends a request and gives the answer, unless that is a refusal. */
  async send(
    deadline: Deadline,
    shipment: Shipment,
    onSent: OnSent = () => undefined,
  ): Promise<Receipt> {
    const { connection, tokens } = this.#backend;
    const sendWith = (token: string) => {
      const headers = {
        ...shipment.headers,
        authorization: `Bearer ${token}`,
        "x-client-info": `onswift-sdk/${version}`,
      };
      return ship(connection, { ...shipment, headers }, deadline, onSent);
    };

    let answer = await sendWith(await deadline.race(tokens.required()));
    if (refusesToken(answer)) {
      // By this device's clock the token was still good.
      const renewed = await deadline.race(tokens.renew());
      if (renewed !== null) answer = await sendWith(renewed);
    }
    if (answer.status >= 300) throw storageError(answer.status, answer.text);
    return answer;
  }

  /** Begins to download an object that the user may read. The body goes on after the deadline. */
  async open(deadline: Deadline, bucket: string, path: string): Promise<Response> {
    const { connection, tokens } = this.#backend;
    const token = await deadline.race(tokens.required());
    const url = `${connection.url}/storage/v1/object/authenticated/${bucket}/${inAddress(path)}`;
    const headers = { ...Object.fromEntries(connection.headers), authorization: `Bearer ${token}` };
    const answer = connection.fetch(url, { headers, signal: deadline.signal });
    const response = await deadline.race(
      answer.catch((cause) => {
        throw unreachable(cause);
      }),
    );
    if (response.ok) return response;
    throw storageError(response.status, await deadline.race(response.text()));
  }
}

function refusesToken({ status, text }: Receipt): boolean {
  const meant = statusOf(status, text);
  return meant === 401 || ((meant === 400 || meant === 403) && /jwt|"exp\\?"/i.test(text));
}
