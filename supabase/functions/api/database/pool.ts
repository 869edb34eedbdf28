import postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { unavailable } from "../http/errors.ts";

/** After this time the pool counts as exhausted, or the database as unreachable. */
const maxWaitMs = 8_000;

/** When a connection is requested again, in milliseconds from the start. */
const retryAfterMs = [150, 600, 2_400];

/** Runs `work` with a connection of the pool. Throws if none becomes free in `waitMs`. */
export async function withConnection<T>(
  sql: Sql,
  work: (connection: postgres.ReservedSql) => Promise<T>,
  waitMs = maxWaitMs,
): Promise<T> {
  const connection = await reserve(sql, waitMs);
  try {
    const result = await work(connection);
    connection.release();
    return result;
  } catch (error) {
    // A broken connection has left the pool by itself. Released, it would be handed out again.
    if (!isBroken(error)) connection.release();
    throw error;
  }
}

/** Whether the connection itself is gone: closed by the server or by the network. */
export function isBroken(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return /^(FATAL|PANIC)$/.test(error.severity);
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && /^(CONNECTION_|CONNECT_|ERR_|E[A-Z]+$)/.test(code);
}

/**
 * Requests a connection more than once, because the library can lose a waiting request: when a connection
 * ends, the request that gets its successor may wait forever or get the error of the old one. The first
 * connection is used and later ones are released. Nothing has been sent yet, so no work is repeated.
 */
function reserve(sql: Sql, waitMs: number): Promise<postgres.ReservedSql> {
  return new Promise((resolve, reject) => {
    let over = false;
    let failures = 0;
    const finish = (settle: () => void) => {
      if (over) return;
      over = true;
      for (const timer of timers) clearTimeout(timer);
      settle();
    };
    const request = () => {
      sql.reserve().then(
        (connection) => {
          if (over) connection.release();
          else finish(() => resolve(connection));
        },
        (error) => {
          failures += 1;
          if (failures > 1) finish(() => reject(error));
          else if (!over) request();
        },
      );
    };
    const timers = retryAfterMs.map((delay) => setTimeout(request, delay));
    const giveUp = () => reject(unavailable("No database connection became free."));
    timers.push(setTimeout(() => finish(giveUp), waitMs));
    request();
  });
}
