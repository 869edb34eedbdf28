import type { Sql, TransactionSql } from "postgres";

/** A connection pool or a transaction. */
export type Database = Sql | TransactionSql;

export type Json = Readonly<Record<string, unknown>>;

/** The client of a request, as stored in its session. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string;
}

/** A one-time token as sent to a user: the code to enter, and the hash contained in the link. */
export interface OneTimeToken {
  readonly code: string;
  readonly hash: string;
}
