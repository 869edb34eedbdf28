import type { Sql, TransactionSql } from "postgres";

/** Runs the work in a transaction of which nothing stays. */
export async function rolledBack<T>(
  sql: Sql,
  work: (tx: TransactionSql) => Promise<T>,
): Promise<T> {
  const undo = Symbol("undo");
  let result: T | undefined;
  try {
    await sql.begin(async (tx) => {
      result = await work(tx);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return result as T;
}
