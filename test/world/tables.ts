import { Kysely } from "kysely";
import { PostgresJSDialect } from "kysely-postgres-js";
import type { Sql, TransactionSql } from "postgres";
import type { Tables } from "./tables.types.ts";

/**
 * Queries on our own tables, with the types of the database. Within a transaction, they are part of it. Close
 * `sql`, not what this returns.
 */
export const tables = (sql: Sql | TransactionSql): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: new PostgresJSDialect({ postgres: "reserve" in sql ? sql : () => within(sql) }),
  });

/** The connection of a transaction in the form of a pool. */
const within = (tx: TransactionSql) => ({
  options: {},
  reserve: async () => ({ unsafe: tx.unsafe.bind(tx), release: () => undefined }),
  end: async () => undefined,
});
