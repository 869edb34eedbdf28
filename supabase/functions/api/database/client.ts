import type postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { addressBucket } from "../caller/address.ts";
import type { Claims } from "../caller/token.ts";
import { answeredError, fromDatabase } from "./errors.ts";
import { isBroken, withConnection } from "./pool.ts";

/** Who calls, and what the database may know of the request. */
export interface Session {
  /** Of a verified token; undefined for somebody without one. */
  readonly claims: Claims | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** A reading operation runs in a read-only transaction. */
  readonly readOnly: boolean;
  /** Everything is done and then undone: to hear what the database would say. */
  readonly rehearsal?: boolean;
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface RequestCount {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export interface FileLocation {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
}

const statementTimeout = "10s";

/** The database as this function uses it. Handlers see nothing of SQL but the names of functions. */
export class Database {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * Calls `api.<name>` as the caller: the role and the claims hold for this transaction only, as
   * PostgREST has it, so that the same policies apply. Returns the JSON text as it came. A read whose
   * connection breaks is tried once more; of a write nobody knows whether it happened.
   */
  async call(session: Session, name: string, args: Arguments = {}): Promise<string> {
    const work = (db: postgres.ReservedSql) => transact(db, session, name, args);
    const { body, status } = await guarded(this.#run(work, session.readOnly));
    if (Number(status) >= 400) throw answeredError(body ?? "");
    return body ?? "";
  }

  countRequest(key: string, limit: number, windowSeconds: number): Promise<RequestCount> {
    return this.#one<RequestCount>(
      (db) => db`select allowed, remaining, reset_seconds as "resetSeconds"
        from private.count_request(${key}, ${limit}, ${windowSeconds})`,
    );
  }

  /** Seconds until this account or address may try to log in again; null when it may now. */
  loginWait(email: string, address: string): Promise<number | null> {
    return this.#value(
      (db) => db`select private.login_wait(${email}, ${addressBucket(address)}) as value`,
    );
  }

  async noteLoginFailure(email: string, address: string): Promise<void> {
    const place = addressBucket(address);
    await this.#one((db) => db`select private.note_login_failure(${email}, ${place})`);
  }

  /** As {@link loginWait}, for reset mails; a request that may proceed is counted. */
  resetWait(email: string, address: string): Promise<number | null> {
    return this.#value(
      (db) => db`select private.reset_wait(${email}, ${addressBucket(address)}) as value`,
    );
  }

  /** Where those of the files lie that may be fetched. Whether the caller may is not asked here. */
  async fileLocations(ids: readonly string[]): Promise<readonly FileLocation[]> {
    return guarded(
      this.#run(
        async (db) =>
          await db<FileLocation[]>`
          select file_id as "fileId", bucket_id as bucket, path
          from private.file_locations(${ids as string[]}::uuid[])`,
        true,
      ),
    );
  }

  async ping(): Promise<void> {
    await this.#one((db) => db`select 1`);
  }

  async #value<Value>(query: (db: Sql) => PromiseLike<readonly postgres.Row[]>): Promise<Value> {
    return (await this.#one<{ value: Value }>(query)).value;
  }

  async #one<Row>(query: (db: Sql) => PromiseLike<readonly postgres.Row[]>): Promise<Row> {
    // Repeating one of these does at worst count something twice.
    const [row] = await guarded(this.#run(async (db) => await query(db), true));
    return row as Row;
  }

  /** Lends a connection to `work`; when the line breaks, a second one, if that does no harm. */
  #run<T>(work: (db: postgres.ReservedSql) => Promise<T>, repeatable: boolean): Promise<T> {
    return withConnection(this.#sql, work).catch((error) => {
      if (repeatable && isBroken(error)) return withConnection(this.#sql, work);
      throw error;
    });
  }
}

/** The same without its insides, so that a test can stand in for it. */
export type DatabaseDoor = Pick<Database, keyof Database>;

interface Answer {
  readonly body: string | null;
  readonly status: string | null;
}

/**
 * The four statements leave in one packet; an error in one makes the server skip the rest and roll back.
 */
async function transact(
  db: postgres.ReservedSql,
  session: Session,
  name: string,
  args: Arguments,
): Promise<Answer> {
  const statements = [
    db.unsafe(session.readOnly ? "begin read only" : "begin"),
    actAs(db, session),
    callFunction(db, name, args),
    db.unsafe(session.rehearsal ? "rollback" : "commit"),
  ] as const;
  try {
    const [, , [row]] = await Promise.all(statements);
    if (row === undefined) throw new Error("The caller's role was not taken on.");
    return row;
  } catch (error) {
    // The skipped ones must be read before the connection is free again.
    if (!isBroken(error)) await Promise.allSettled(statements);
    throw error;
  }
}

function actAs(db: postgres.ReservedSql, { claims, headers }: Session) {
  const role = claims === undefined ? "anon" : "authenticated";
  return db`select
    set_config('statement_timeout', ${statementTimeout}, true),
    set_config('request.jwt.claims', ${JSON.stringify(claims ?? { role })}, true),
    set_config('request.headers', ${JSON.stringify(headers)}, true),
    set_config('role', ${role}, true)`;
}

/** The driver would send a boolean with its own type, which does not fit a jsonb argument. */
const bindable = (value: unknown) => (typeof value === "boolean" ? String(value) : (value ?? null));

/** Function and argument names come from our own code; values are always bound. */
function callFunction(db: postgres.ReservedSql, name: string, args: Arguments) {
  const names = Object.keys(args);
  if (!names.every((key) => /^\w+$/.test(key))) throw new Error("An argument has an odd name.");
  const list = names.map((key, index) => `"${key}" => $${index + 1}`).join(", ");
  const values = names.map((key) => bindable(args[key])) as postgres.SerializableParameter[];
  // The subquery's offset makes the status be looked at after the function has run. The condition is
  // a second lock: whatever may happen to the statements before, this one never runs with our own rights.
  return db.unsafe<Answer[]>(
    `select body, current_setting('response.status', true) as status
      from (
        select api."${name}"(${list})::text as body
        where current_user in ('anon', 'authenticated')
        offset 0
      ) as answer`,
    values,
    { prepare: true },
  );
}

async function guarded<T>(work: PromiseLike<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fromDatabase(error);
  }
}
