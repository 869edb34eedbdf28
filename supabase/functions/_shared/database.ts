import postgres from "postgres";

export type Sql = postgres.Sql;

/**
 * A small connection pool for one instance of a function. Named prepared statements save a round trip per
 * query, but do not work with a pooler in transaction mode (Supabase's has the port 6543).
 */
export function connect(url: string, max: number): Sql {
  return postgres(url, {
    max,
    prepare: new URL(url).port !== "6543",
    connect_timeout: 5,
    idle_timeout: 30,
    // Not needed here, but without it `reserve()` waits forever for a new connection.
    fetch_types: true,
    connection: { application_name: "onswift-functions" },
    onnotice: () => undefined,
  });
}
