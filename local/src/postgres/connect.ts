import postgres, { type Sql } from "postgres";
import { databaseUrl, type Settings } from "../settings.ts";

type Address = Pick<Settings, "ports" | "keys">;
type Role = Parameters<typeof databaseUrl>[1];

/** A small pool for work on the database; the caller ends it. */
export function connect(
  settings: Address,
  role: Role,
  max = 1,
  session: Readonly<Record<string, string>> = {},
): Sql {
  return postgres(databaseUrl(settings, role), {
    max,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: "embedded-supabase", ...session },
  });
}

/** Runs `work` with a connection and closes it afterwards, also after an error. `session` are its settings. */
export async function withConnection<T>(
  settings: Address,
  role: Role,
  work: (sql: Sql) => Promise<T>,
  session: Readonly<Record<string, string>> = {},
): Promise<T> {
  const sql = connect(settings, role, 1, session);
  try {
    return await work(sql);
  } catch (error) {
    throw explain(error);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Runs `work` as the superuser with event triggers, which it needs to run files as the migration role. */
export const withMigrationConnection = <T>(
  settings: Address,
  work: (sql: Sql) => Promise<T>,
): Promise<T> => withConnection(settings, "supabase_admin", work, { event_triggers: "on" });

function explain(error: unknown): unknown {
  if ((error as { code?: string }).code !== "28P01") return error;
  return new Error(
    "The database does not accept the password in keys.json, so keys.json was replaced after the database was created. Restore the old keys.json, or start with --reset.",
    { cause: error },
  );
}
