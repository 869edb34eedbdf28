import type { IncomingHttpHeaders } from "node:http";
import type { Sql, TransactionSql } from "postgres";
import type { Identity } from "./identity.ts";

/** The facts about the request that policies can read, apart from the caller's identity. */
export interface RequestInfo {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export type Tx = TransactionSql;

/**
 * Runs one request's statements: as the caller, so that row level security applies, or as the service.
 * Policies and triggers can read the name of the operation with `storage.operation()` in both cases.
 */
export class Access {
  readonly caller: Identity;
  readonly #service: Identity;
  readonly #sql: Sql;
  readonly #request: RequestInfo;
  readonly #operation: string;

  constructor(
    sql: Sql,
    identities: { readonly caller: Identity; readonly service: Identity },
    request: RequestInfo,
    operation: string,
  ) {
    this.#sql = sql;
    this.caller = identities.caller;
    this.#service = identities.service;
    this.#request = request;
    this.#operation = operation;
  }

  asCaller<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#run(this.caller, work);
  }

  asService<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#run(this.#service, work);
  }

  /** Runs statements as the caller and rolls them back. Throws if the caller lacks the rights for them. */
  async probe(work: (tx: Tx) => Promise<unknown>): Promise<void> {
    const undo = Symbol("undo");
    await this.asCaller(async (tx) => {
      await work(tx);
      throw undo;
    }).catch((reason) => {
      if (reason !== undo) throw reason;
    });
  }

  /** Switches the rest of a service transaction to the caller's identity. */
  switchToCaller(tx: Tx): Promise<void> {
    return this.#setIdentity(tx, this.caller);
  }

  /** Returns access for the same request that acts as the service: for requests with a signed URL. */
  trusted(): Access {
    return new Access(
      this.#sql,
      { caller: this.#service, service: this.#service },
      this.#request,
      this.#operation,
    );
  }

  #run<T>(identity: Identity, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#sql.begin(async (tx) => {
      await this.#setIdentity(tx, identity);
      return work(tx);
    }) as Promise<T>;
  }

  async #setIdentity(tx: Tx, { role, sub = "", token, claims }: Identity): Promise<void> {
    const { method, path, headers } = this.#request;
    await tx`
      select
        set_config('role', ${role}, true),
        set_config('request.jwt.claim.role', ${role}, true),
        set_config('request.jwt.claim.sub', ${sub}, true),
        set_config('request.jwt', ${token}, true),
        set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
        set_config('request.headers', ${JSON.stringify(headers)}, true),
        set_config('request.method', ${method}, true),
        set_config('request.path', ${path}, true),
        set_config('storage.operation', ${this.#operation}, true),
        set_config('storage.allow_delete_query', 'true', true),
        set_config('statement_timeout', '30s', true)`;
  }
}
