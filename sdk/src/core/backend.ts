import { version } from "../version.ts";
import { apiError } from "./api-error.ts";
import { checkKey } from "./arguments.ts";
import { unreachable } from "./auth-error.ts";
import type { Connection } from "./connection.ts";
import { type Deadline, withDeadline } from "./deadline.ts";
import type { OnSwiftError } from "./errors.ts";
import type { PlainHeaders } from "./headers.ts";
import { toJson } from "./json.ts";
import { type ListCall, listCall, type Paging } from "./lists.ts";
import type { CallDefaults, CallOptions } from "./options.ts";
import { rejectsToken, requestIdOf, restError } from "./rest-error.ts";
import { type Call, call, type Seen } from "./result.ts";
import { withRetries } from "./retry.ts";
import type { Tokens } from "./tokens.ts";
import { uuid } from "./uuid.ts";

/**
 * A `read` is retried automatically, and so is a `put`: a write that changes nothing when it is repeated. A `create`
 * gets an idempotency key, so that it can be retried too. A `write` is retried only with a key of the caller.
 */
export type Kind = "read" | "put" | "create" | "write";

/** The arguments of an operation, or a function that first checks what the caller passed. */
type Arguments = object | (() => object);

/** Who can call an operation. */
interface Access {
  /** Anonymous callers allowed: the request is sent without a token when no user is signed in. */
  readonly anonymous?: boolean;
  /** A token to use instead of the session's; `null` for an operation that ignores who calls. */
  readonly token?: string | null;
}

/** One operation of the backend: a function of the schema `api`. */
export interface Operation extends Access {
  readonly name: string;
  readonly args?: object;
  readonly kind: Kind;
}

/** A complete response. */
export interface BackendResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  /** The parsed JSON; `null` for an empty body; the text of an error that is not JSON. */
  readonly body: unknown;
}

/** Sends the requests of all namespaces. */
export class Backend {
  readonly connection: Connection;
  readonly tokens: Tokens;
  readonly defaults: CallDefaults;

  constructor(connection: Connection, tokens: Tokens, defaults: CallDefaults) {
    this.connection = connection;
    this.tokens = tokens;
    this.defaults = defaults;
  }

  /** Runs `work` with the deadline of the call's options. */
  within<T>(options: CallOptions = {}, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    checkKey(options.idempotencyKey);
    const timeoutMs = options.timeoutMs ?? this.defaults.timeoutMs;
    return withDeadline({ signal: options.signal, timeoutMs }, work);
  }

  /** Starts an operation of one request and returns it as a call. */
  call<T>(
    kind: Kind,
    name: string,
    args: Arguments = {},
    options?: CallOptions,
    access?: Access,
  ): Call<T> {
    return call((seen) => this.run({ kind, name, args: given(args), ...access }, options, seen));
  }

  /** Starts to load a list and returns it as a call. */
  list<Page, Item extends { readonly id: string }>(
    name: string,
    args: () => object,
    paging: Paging<Page, Item>,
    options?: CallOptions,
    access?: Access,
  ): ListCall<Page, Item> {
    const load = (place: object, seen?: Seen) => {
      const operation = { kind: "read", name, args: { ...args(), ...place }, ...access } as const;
      return this.run<Page>(operation, options, seen);
    };
    return listCall(load, paging);
  }

  /** Calls an operation: one request, and one more for each retry. */
  run<T>(operation: Operation, options: CallOptions = {}, seen?: Seen): Promise<T> {
    return this.within(options, (deadline) => this.runWithin(deadline, operation, options, seen));
  }

  /** Like `run`, within a call that already has a deadline. */
  runWithin<T>(
    deadline: Deadline,
    operation: Operation,
    options: CallOptions = {},
    seen?: Seen,
  ): Promise<T> {
    const { kind } = operation;
    const { idempotencyKey = kind === "create" ? uuid() : undefined } = options;
    const repeatable = kind !== "write" || idempotencyKey !== undefined;
    const retries = repeatable ? (options.maxRetries ?? this.defaults.maxRetries) : 0;
    // A put or a create is something a person does by hand, such as sending a message. If it is rate-limited,
    // report that at once instead of waiting: a retry could arrive after what the person does next.
    const byHand = kind === "put" || (kind === "create" && options.idempotencyKey === undefined);
    const canRetry = (error: OnSwiftError) =>
      error.retryable && !(byHand && error.code === "RATE_LIMITED");

    const attempt = async () => {
      const post = (token: string | null) => this.#post(deadline, operation, token, idempotencyKey);
      const response = await this.#sendAuthorised(deadline, operation, post, seen);
      if (!response.ok) throw restError(response.status, response.headers, response.body);
      return response.body as T;
    };
    return withRetries(retries, deadline, attempt, canRetry);
  }

  /**
   * Lets the database check the input of an operation of the Auth service. This way one error names every
   * invalid field, in the same words as for all other operations.
   */
  check<T>(deadline: Deadline, name: string, args: object, options?: CallOptions): Promise<T> {
    return this.runWithin(deadline, { name, args, kind: "read", token: null }, options);
  }

  /** Like `check`. Returns the email address in the form that accounts have: trimmed and in lower case. */
  async checkedEmail(
    deadline: Deadline,
    name: "check_sign_up" | "check_sign_in",
    args: object,
    options?: CallOptions,
  ): Promise<string> {
    return (await this.check<{ readonly email: string }>(deadline, name, args, options)).email;
  }

  /** Reads from the REST API: used for download URLs, which only a service can sign. */
  read<T>(path: () => string, options: CallOptions = {}): Call<T> {
    return call((seen) =>
      this.within(options, (deadline) =>
        withRetries(options.maxRetries ?? this.defaults.maxRetries, deadline, async () => {
          const request = { method: "GET", path: `/functions/v1/api${path()}` } as const;
          const get = (token: string | null) => this.send(deadline, { ...request, token });
          const response = await this.#sendAuthorised(deadline, {}, get, seen);
          if (!response.ok) throw apiError(response.status, response.headers, response.body);
          return response.body as T;
        }),
      ),
    );
  }

  /** Sends with the session's token, and once more with a renewed token if the backend rejects the first. */
  async #sendAuthorised(
    deadline: Deadline,
    { token: fixed, anonymous = false }: Access,
    send: (token: string | null) => Promise<BackendResponse>,
    seen?: Seen,
  ): Promise<BackendResponse> {
    const current = () => (anonymous ? this.tokens.current() : this.tokens.required());
    const token = fixed === undefined ? await deadline.race(current()) : fixed;
    let response = await send(token);
    if (token !== null && fixed === undefined && rejectsToken(response.status, response.body)) {
      // By this device's clock the token was still valid. The operation has not run, so sending a write again
      // is safe.
      const renewed = await deadline.race(this.tokens.renew());
      if (renewed !== null) response = await send(renewed);
    }
    const { status, headers } = response;
    seen?.({ status, headers, requestId: requestIdOf(headers) });
    return response;
  }

  #post(
    deadline: Deadline,
    { name, args = {} }: Operation,
    token: string | null,
    idempotencyKey: string | undefined,
  ): Promise<BackendResponse> {
    return this.send(deadline, {
      method: "POST",
      path: `/rest/v1/rpc/${name}`,
      body: toJson(args),
      token,
      headers: {
        "content-profile": "api",
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
    });
  }

  /** Sends one request and reads the complete response, whatever its status. */
  async send(deadline: Deadline, request: BackendRequest): Promise<BackendResponse> {
    const { url, headers: common, fetch } = this.connection;
    const headers: PlainHeaders = {
      ...common,
      accept: "application/json",
      "content-type": "application/json",
      "x-client-info": `onswift-sdk/${version}`,
      ...request.headers,
      ...(request.token ? { authorization: `Bearer ${request.token}` } : {}),
    };

    const exchange = async () => {
      const response = await fetch(url + request.path, {
        method: request.method,
        headers,
        body: request.body ?? null,
        signal: deadline.signal,
      });
      const text = await response.text();
      return {
        status: response.status,
        ok: response.ok,
        headers: response.headers,
        body: parse(text, response.ok),
      };
    };
    return deadline.race(exchange().catch(throwUnreachable));
  }
}

/** A request to the backend, without the headers that every request has. */
export interface BackendRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** The part after the base URL. */
  readonly path: string;
  readonly body?: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const given = (args: Arguments): object => (typeof args === "function" ? args() : args);

function throwUnreachable(cause: unknown): never {
  throw unreachable(cause);
}

/** A success that is not JSON comes from something else than the backend: a wrong URL, or a network that asks to sign in. */
function parse(text: string, ok: boolean): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (ok) throw error;
    return text;
  }
}
