import type postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { addressBucket } from "../caller/address.ts";
import { fromDatabase, returnedError } from "./errors.ts";
import { isBroken, withConnection } from "./pool.ts";
import type { Replica } from "./replica.ts";
import { type Arguments, type FunctionCall, type Session, transact } from "./transaction.ts";

export type { Arguments, FunctionCall, Session } from "./transaction.ts";

export interface RequestCount {
  readonly allowed: boolean;
  /** The limit that applied, which a project can raise. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
  /** Where the database's log was: what was committed before is below it. Only asked for with a replica. */
  readonly position?: string;
}

export interface FileLocation {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  readonly fileName: string;
}

/** An upload that is neither used nor scanned. `place` is the index of its id in the request. */
export interface UnscannedUpload extends FileLocation {
  readonly place: number;
  readonly mimeType: string;
}

/** What is sent to Auth, by the function of the database that checks it first. */
export type AuthInput = "check_sign_up" | "check_sign_in" | "check_refresh" | "check_sign_out";

/** The database as the REST API uses it. Handlers see no SQL, only the names of functions. */
export class Database {
  readonly #sql: Sql;
  readonly #replica: Replica | undefined;

  constructor(sql: Sql, replica?: Replica) {
    this.#sql = sql;
    this.#replica = replica;
  }

  /** Whether reads need the position that counting returns. */
  get hasReplica(): boolean {
    return this.#replica !== undefined;
  }

  /**
   * Calls `api.<name>` as the caller. Role and claims are set for this transaction only, as PostgREST does,
   * so that the same policies apply. Returns the JSON text. A read goes to the replica, if there is one, and is
   * repeated once when its connection breaks. A write is not, because it may have happened.
   */
  async call(session: Session, call: FunctionCall): Promise<string> {
    const work = (db: postgres.ReservedSql) => transact(db, session, call);
    const { body, status } = await converted(
      this.#readReplica(session, work).then((read) => read ?? this.#run(work, session.readOnly)),
    );
    if (Number(status) >= 400) throw returnedError(body ?? "");
    return body ?? "";
  }

  /** Checks what is going to be sent to Auth. Returns it as Auth stores it. */
  async check<Input>(name: AuthInput, input: Arguments): Promise<Input> {
    const checked = await this.#value<object | null>(
      (db) => db`select private.${db(name)}(${db.json(input as postgres.JSONValue)}) as value`,
    );
    return { ...input, ...checked } as Input;
  }

  countRequest(key: string, limit: number, windowSeconds: number): Promise<RequestCount> {
    const position = (db: Sql) =>
      this.hasReplica ? db`, pg_current_wal_flush_lsn()::text as position` : db``;
    return this.#one<RequestCount>(
      (db) => db`select allowed, max_requests as "limit", remaining, reset_seconds as "resetSeconds"
        ${position(db)} from private.count_request(${key}, ${limit}, ${windowSeconds})`,
    );
  }

  /** Seconds until this account or address may try to sign in again; null if it may now. */
  signInWait(email: string, address: string): Promise<number | null> {
    return this.#value(
      (db) => db`select private.login_wait(${email}, ${addressBucket(address)}) as value`,
    );
  }

  async noteSignInFailure(email: string, address: string): Promise<void> {
    const place = addressBucket(address);
    await this.#one((db) => db`select private.note_login_failure(${email}, ${place})`);
  }

  /** Where the clean ones among these files are stored. The caller's rights are not checked here. */
  async fileLocations(ids: readonly string[]): Promise<readonly FileLocation[]> {
    return converted(
      this.#run(
        async (db) =>
          await db<FileLocation[]>`
          select file_id as "fileId", bucket_id as bucket, path, file_name as "fileName"
          from private.file_locations(${ids as string[]}::uuid[])`,
        true,
      ),
    );
  }

  /** Those of a user's uploads that are neither used nor scanned. */
  async unscannedUploads(
    userId: string,
    ids: readonly string[],
  ): Promise<readonly UnscannedUpload[]> {
    return converted(
      this.#run(
        async (db) =>
          await db<UnscannedUpload[]>`
          select file_id as "fileId", place, bucket_id as bucket, path, file_name as "fileName",
            mime_type as "mimeType"
          from private.unscanned_uploads(${userId}, ${ids as string[]}::uuid[])`,
        true,
      ),
    );
  }

  /** Rejects an upload whose bytes show another type. Its object is removed. */
  async rejectUpload(userId: string, fileId: string): Promise<void> {
    await this.#one((db) => db`select private.reject_upload(${userId}, ${fileId})`);
  }

  /** The address of the app, where links in mails end; null if it is not known. */
  siteUrl(): Promise<string | null> {
    return this.#value((db) => db`select private.site_url() as value`);
  }

  async ping(): Promise<void> {
    await this.#one((db) => db`select 1`);
  }

  async #value<Value>(query: (db: Sql) => PromiseLike<readonly postgres.Row[]>): Promise<Value> {
    return (await this.#one<{ value: Value }>(query)).value;
  }

  async #one<Row>(query: (db: Sql) => PromiseLike<readonly postgres.Row[]>): Promise<Row> {
    // Repeating one of these can at worst count something twice.
    const [row] = await converted(this.#run(async (db) => await query(db), true));
    return row as Row;
  }

  async #readReplica<T>(
    { readOnly, position }: Session,
    work: (db: postgres.ReservedSql) => Promise<T>,
  ): Promise<T | undefined> {
    if (!readOnly || position === undefined) return undefined;
    return this.#replica?.read(position, work);
  }

  /** Runs `work` with a connection; once more with another one if it broke and a repetition is harmless. */
  #run<T>(work: (db: postgres.ReservedSql) => Promise<T>, repeatable: boolean): Promise<T> {
    return withConnection(this.#sql, work).catch((error) => {
      if (repeatable && isBroken(error)) return withConnection(this.#sql, work);
      throw error;
    });
  }
}

/** The public methods alone, so that a test can replace the database. */
export type DatabaseApi = Pick<Database, keyof Database>;

async function converted<T>(work: PromiseLike<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fromDatabase(error);
  }
}
