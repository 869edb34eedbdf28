import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { databaseUrl, type Settings } from "../settings.ts";

/** Returns PostgREST's configuration as its environment variables. */
export async function environment(settings: Settings): Promise<Record<string, string>> {
  const { api } = settings.config;
  const { postgrest, postgrestAdmin } = settings.ports.internal;
  return {
    PATH: process.env.PATH ?? "",
    PGRST_DB_URI: databaseUrl(settings, "authenticator"),
    PGRST_DB_SCHEMAS: api.schemas.join(","),
    PGRST_DB_EXTRA_SEARCH_PATH: api.extra_search_path.join(","),
    PGRST_DB_MAX_ROWS: String(api.max_rows),
    PGRST_DB_ANON_ROLE: "anon",
    PGRST_DB_POOL: "20",
    // Event triggers in the database notify this channel after every change of the schema.
    PGRST_DB_CHANNEL: "pgrst",
    PGRST_DB_CHANNEL_ENABLED: "true",
    PGRST_JWT_SECRET: await keySet(settings),
    PGRST_SERVER_HOST: "127.0.0.1",
    PGRST_SERVER_PORT: String(postgrest),
    PGRST_ADMIN_SERVER_PORT: String(postgrestAdmin),
    PGRST_LOG_LEVEL: "error",
  };
}

/** Returns every key that access tokens can be signed with: the shared secret, and the public halves of Auth's keys. */
async function keySet({ keys, config, projectDir }: Settings): Promise<string> {
  const shared = {
    kty: "oct",
    alg: "HS256",
    k: Buffer.from(keys.jwtSecret).toString("base64url"),
  };
  return JSON.stringify({ keys: [shared, ...(await signingKeys(projectDir, config))] });
}

const publicMembers = ["kty", "kid", "alg", "use", "crv", "x", "y", "n", "e"];

async function signingKeys(
  projectDir: string,
  { auth }: Settings["config"],
): Promise<readonly object[]> {
  if (auth.signing_keys_path === undefined) return [];
  const file = join(projectDir, "supabase", auth.signing_keys_path);
  const keys = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>[];
  return keys.map((key) =>
    Object.fromEntries(Object.entries(key).filter(([name]) => publicMembers.includes(name))),
  );
}
