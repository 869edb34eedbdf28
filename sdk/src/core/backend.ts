import { version } from "../version.ts";
import { apiError } from "./api-error.ts";
import { unreachable } from "./auth-error.ts";
import type { Connection } from "./connection.ts";
import { type Deadline, withDeadline } from "./deadline.ts";
import type { OnSwiftError } from "./errors.ts";
import type { CallDefaults, CallOptions } from "./options.ts";
import { refusesToken, restError } from "./rest-error.ts";
import { withRetries } from "./retry.ts";
import type { Tokens } from "./tokens.ts";

/** One operation of the backend: a function of the schema `api`. */
export interface Operation {
  readonly name: string;
  readonly args?: object;
  /**
   * A read is retried by itself, and so is a `put`: a write that changes nothing when it is repeated. Any
   * other write is retried only with an idempotency key.
   */
  readonly kind: "read" | "put" | "write";
  /** Also for visitors: goes out without a token when nobody is signed in. */
  readonly open?: boolean;
  /** A token to use instead of the session's. */
  readonly token?: string;
}

/** One request and its answer, read to the end. */
export interface Exchange {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  /** The parsed JSON; `null` for an empty body, the text where it is no JSON. */
  readonly body: unknown;
}

/** The request core: everything the namespaces send goes through here. */
export class Backend {
  readonly connection: Connection;
  readonly tokens: Tokens;
  readonly defaults: CallDefaults;

  constructor(connection: Connection, tokens: Tokens, defaults: CallDefaults) {
    this.connection = connection;
    this.tokens = tokens;
    this.defaults = defaults;
  }

  /** Runs `work` under the deadline that a call's options ask for. */
  within<T>(options: CallOptions = {}, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const timeoutMs = options.timeoutMs ?? this.defaults.timeoutMs;
    return withDeadline({ signal: options.signal, timeoutMs }, work);
  }

  /** Calls an operation: one round trip, more only when it is retried. */
  run<T>(operation: Operation, options: CallOptions = {}): Promise<T> {
    return this.within(options, (deadline) => this.runWithin(deadline, operation, options));
  }

  /** As `run`, as a part of a call that has its deadline already. */
  runWithin<T>(deadline: Deadline, operation: Operation, options: CallOptions = {}): Promise<T> {
    const { idempotencyKey } = options;
    const { kind } = operation;
    const repeatable = kind !== "write" || idempotencyKey !== undefined;
    const retries = repeatable ? (options.maxRetries ?? this.defaults.maxRetries) : 0;
    // A put is what people do by hand, one thing after the other: told to slow down, they must hear of it.
    const passes = (error: OnSwiftError) =>
      error.retryable && !(kind === "put" && error.code === "RATE_LIMITED");

    const attempt = async () => {
      const post = (token: string | null) => this.#post(deadline, operation, token, idempotencyKey);
      const answer = await this.#authorised(deadline, operation, post);
      if (!answer.ok) throw restError(answer.status, answer.headers, answer.body);
      return answer.body as T;
    };
    return withRetries(retries, deadline, attempt, passes);
  }

  /** Reads from the REST surface: for addresses of files, which only a service can sign. */
  read<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.within(options, (deadline) =>
      withRetries(options.maxRetries ?? this.defaults.maxRetries, deadline, async () => {
        const request = { method: "GET", path: `/functions/v1/api${path}` } as const;
        const get = (token: string | null) => this.send(deadline, { ...request, token });
        const answer = await this.#authorised(deadline, {}, get);
        if (!answer.ok) throw apiError(answer.status, answer.headers, answer.body);
        return answer.body as T;
      }),
    );
  }

  /** Sends with the token that belongs to it; once more with a new one where the backend refuses that. */
  async #authorised(
    deadline: Deadline,
    { token: own, open = false }: Partial<Operation>,
    send: (token: string | null) => Promise<Exchange>,
  ): Promise<Exchange> {
    const current = () => (open ? this.tokens.current() : this.tokens.required());
    const token = own ?? (await deadline.race(current()));
    const answer = await send(token);
    if (token === null || own !== undefined || !refusesToken(answer.status, answer.body)) {
      return answer;
    }
    // By this device's clock the token was still good. Nothing has happened yet, so a write may go again.
    const renewed = await deadline.race(this.tokens.renew());
    return renewed === null ? answer : send(renewed);
  }

  #post(
    deadline: Deadline,
    { name, args = {} }: Operation,
    token: string | null,
    idempotencyKey: string | undefined,
  ): Promise<Exchange> {
    return this.send(deadline, {
      method: "POST",
      path: `/rest/v1/rpc/${name}`,
      body: JSON.stringify(args),
      token,
      headers: {
        "content-profile": "api",
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
    });
  }

  /** Sends one request and reads the whole answer, whatever its status. */
  async send(deadline: Deadline, request: Outgoing): Promise<Exchange> {
    const { url, headers: common, fetch } = this.connection;
    const headers = new Headers(common);
    headers.set("accept", "application/json");
    headers.set("content-type", "application/json");
    headers.set("x-client-info", `onswift-sdk/${version}`);
    for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
    if (request.token) headers.set("authorization", `Bearer ${request.token}`);

    const exchange = async () => {
      const response = await fetch(url + request.path, {
        method: request.method,
        // A plain object: React Native's fetch loses the entries of a Headers instance.
        headers: Object.fromEntries(headers),
        body: request.body ?? null,
        signal: deadline.signal,
      });
      const text = await response.text();
      return {
        status: response.status,
        ok: response.ok,
        headers: response.headers,
        body: parse(text),
      };
    };
    return deadline.race(exchange().catch(failed));
  }
}

/** A request to the backend, before the headers that all of them carry. */
export interface Outgoing {
  readonly method: "GET" | "POST" | "PUT";
  /** From the base URL on. */
  readonly path: string;
  readonly body?: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

function failed(cause: unknown): never {
  throw unreachable(cause);
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
