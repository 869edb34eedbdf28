import postgres from "postgres";

export type Sql = postgres.Sql;

/**
 * One small pool for an instance of a function. Named prepared statements spare a round trip a query,
 * but do not survive a pooler in transaction mode (Supabase's listens on 6543), so they are off there.
 */
export function connect(url: string, max: number): Sql {
  return postgres(url, {
    max,
    prepare: new URL(url).port !== "6543",
    connect_timeout: 5,
    idle_timeout: 30,
    // Needless here, but `reserve()` waits for ever on a new connection that does not look up types.
    fetch_types: true,
    connection: { application_name: "onswift-functions" },
    onnotice: () => undefined,
  });
}
