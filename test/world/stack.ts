/** The stack under test, as `npm test` and `npm run bench` describe it in the environment. */
import postgres from "postgres";

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set. Run this with npm test or npm run bench.`);
  }
  return value;
};

export const apiUrl = required("API_URL");
export const publishableKey = required("PUBLISHABLE_KEY");
export const databaseUrl = required("DB_URL");
export const rest = `${apiUrl}/functions/v1/api`;

/** Connections of the database's own role, which no policy restricts: for what a test prepares or verifies. */
export const openDatabase = (max = 1): postgres.Sql =>
  postgres(databaseUrl, { max, onnotice: () => undefined });
