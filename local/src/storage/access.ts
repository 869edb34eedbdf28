import type { IncomingHttpHeaders } from "node:http";
import type { Sql, TransactionSql } from "postgres";
import type { Identity } from "./identity.ts";

/** What policies may ask about the request, beside who sent it. */
export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export type Tx = TransactionSql;

/**
 * One request's way to the database. Statements run as the caller, so that row level security decides, or
 * as the service; `storage.operation` tells policies and triggers in both cases what is being done.
 */
export class Access {
  readonly caller: Identity;
  readonly #service: Identity;
  readonly #sql: Sql;
  readonly #facts: RequestFacts;
  readonly #operation: string;

  constructor(
    sql: Sql,
    who: { readonly caller: Identity; readonly service: Identity },
    facts: RequestFacts,
    operation: string,
  ) {
    this.#sql = sql;
    this.caller = who.caller;
    this.#service = who.service;
    this.#facts = facts;
    this.#operation = operation;
  }

  asCaller<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#run(this.caller, work);
  }

  asService<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#run(this.#service, work);
  }

  /** Tries whether the caller may do it, and leaves nothing behind. */
  async probe(work: (tx: Tx) => Promise<unknown>): Promise<void> {
    const undo = Symbol("undo");
    await this.asCaller(async (tx) => {
      await work(tx);
      throw undo;
    }).catch((reason) => {
      if (reason !== undo) throw reason;
    });
  }

  /** The rest of the transaction is the caller's: for work that begins with what only the service may see. */
  become(tx: Tx): Promise<void> {
    return this.#assume(tx, this.caller);
  }

  /** The same request, but trusted: for whoever holds a signed address. */
  trusted(): Access {
    return new Access(
      this.#sql,
      { caller: this.#service, service: this.#service },
      this.#facts,
      this.#operation,
    );
  }

  #run<T>(identity: Identity, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#sql.begin(async (tx) => {
      await this.#assume(tx, identity);
      return work(tx);
    }) as Promise<T>;
  }

  async #assume(tx: Tx, { role, sub = "", token, claims }: Identity): Promise<void> {
    const { method, path, headers } = this.#facts;
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
