import type { Sql, TransactionSql } from "postgres";

/** A connection, or the transaction on one. */
export type Database = Sql | TransactionSql;

export type Json = Readonly<Record<string, unknown>>;

/** Where a request came from, as sessions remember it. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string;
}

/** What is sent to somebody: a code to type, and the hash a link carries. */
export interface OneTimeToken {
  readonly code: string;
  readonly hash: string;
}
