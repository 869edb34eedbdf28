import postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { unavailable } from "../http/errors.ts";

/** Longer than this nobody waits for a connection: the pool is exhausted or the database is away. */
const patienceMs = 8_000;

/** When a connection that has not come is asked for again, in milliseconds from the start. */
const againAfter = [150, 600, 2_400];

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
    if (!isBroken(error)) connection.release();
    throw error;
  }
}

/** Whether the line itself is gone: the server ended it, or the network did. */
export function isBroken(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return /^(FATAL|PANIC)$/.test(error.severity);
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && /^(CONNECTION_|CONNECT_|ERR_|E[A-Z]+$)/.test(code);
}

/**
 * Asks more than once, for the library can forget who waits: when a connection ends, its next one starts
 * for somebody in the queue who then hears nothing, or hears the old one's error. The first connection
 * to come is taken and later ones go back. Nothing has been sent yet, so this repeats no work.
 */
function reserve(sql: Sql): Promise<postgres.ReservedSql> {
  return new Promise((resolve, reject) => {
    let over = false;
    let failures = 0;
    const finish = (settle: () => void) => {
      if (over) return;
      over = true;
      for (const timer of timers) clearTimeout(timer);
      settle();
    };
    const ask = () => {
      sql.reserve().then(
        (connection) => {
          if (over) connection.release();
          else finish(() => resolve(connection));
        },
        (error) => {
          failures += 1;
          if (failures > 1) finish(() => reject(error));
          else if (!over) ask();
        },
      );
    };
    const timers = againAfter.map((delay) => setTimeout(ask, delay));
    const tired = () => reject(unavailable("No database connection became free."));
    timers.push(setTimeout(() => finish(tired), patienceMs));
    ask();
  });
}
