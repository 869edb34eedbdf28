import postgres from "postgres";
import { type Environment, required } from "./environment.ts";

export type Sql = postgres.Sql;

/**
 * A small connection pool for one instance of a function: at `DATABASE_POOLER_URL` if it is set, which is a pooler
 * in transaction mode, else at the address that Supabase sets.
 */
export function openDatabase(env: Environment, max: number): Sql {
  const pooler = env("DATABASE_POOLER_URL");
  const url = pooler || required(env, "SUPABASE_DB_URL");
  return connect(url, max, !pooler && !isTransactionPooler(url));
}

/** Supabase's pooler has this port for its transaction mode. */
const isTransactionPooler = (url: string) => new URL(url).port === "6543";

/**
 * Named prepared statements save a round trip per query. Behind a pooler in transaction mode the next query may reach
 * a server that does not have them, so there none are used.
 */
export function connect(url: string, max: number, prepare = !isTransactionPooler(url)): Sql {
  return postgres(url, {
    max,
    prepare,
    connect_timeout: 5,
    idle_timeout: 30,
    // Not needed here, but without it `reserve()` waits forever for a new connection.
    fetch_types: true,
    connection: { application_name: "onswift-functions" },
    onnotice: () => undefined,
  });
}
