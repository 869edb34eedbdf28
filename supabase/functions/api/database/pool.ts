import postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { unavailable } from "../http/errors.ts";

/** Longer than this nobody waits for a connection: the pool is exhausted or the database is away. */
const patienceMs = 4_000;

/** Lends a connection to `work` and takes it back. */
export async function withConnection<T>(
  sql: Sql,
  work: (connection: postgres.ReservedSql) => Promise<T>,
): Promise<T> {
  const connection = await reserve(sql);
  try {
    const result = await work(connection);
    connection.release();
    return result;
  } catch (error) {
    // A connection that broke has left the pool by itself; given back, it would be lent again, dead.
    if (stillConnected(error)) connection.release();
    throw error;
  }
}

/** Whether the server merely refused something; after a fatal error or none from it, the line is dead. */
export const stillConnected = (error: unknown) =>
  error instanceof postgres.PostgresError && !/^(FATAL|PANIC)$/.test(error.severity);

/**
 * Nothing has been sent yet, so a reservation that fails may be tried again: after a connection was
 * ended by the server, the library hands its old error, or nothing at all, to the next one in line.
 */
const reserve = (sql: Sql) => attempt(sql).catch(() => attempt(sql));

async function attempt(sql: Sql): Promise<postgres.ReservedSql> {
  const reserved = sql.reserve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tired = new Promise<"tired">((resolve) => {
    timer = setTimeout(resolve, patienceMs, "tired");
  });
  const connection = await Promise.race([reserved, tired]).finally(() => clearTimeout(timer));
  if (connection !== "tired") return connection;
  reserved.then(
    (late) => late.release(),
    () => undefined,
  );
  throw unavailable("No database connection became free.");
}
