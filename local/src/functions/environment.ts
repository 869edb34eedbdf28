import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { databaseUrl, type Settings } from "../settings.ts";
import { functionsFolder } from "./project-functions.ts";

/** What a function finds in its environment; nothing of this process leaks into it. */
export async function functionEnvironment(
  settings: Settings,
  slug: string,
): Promise<Record<string, string>> {
  const { keys, apiUrl, projectDir } = settings;
  const file = join(functionsFolder(projectDir), ".env");
  const own = parseEnv(await readFile(file, "utf8").catch(() => "")) as Record<string, string>;
  return {
    ...own,
    ...settings.config.edge_runtime.secrets,
    SUPABASE_URL: apiUrl,
    SUPABASE_DB_URL: databaseUrl(settings),
    SUPABASE_ANON_KEY: keys.anonJwt,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleJwt,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: await verificationKeys(settings) }),
    SUPABASE_FUNCTION_SLUG: slug,
  };
}

async function verificationKeys(settings: Settings): Promise<readonly object[]> {
  const secret = {
    kty: "oct",
    alg: "HS256",
    k: Buffer.from(settings.keys.jwtSecret).toString("base64url"),
  };
  const path = settings.config.auth.signing_keys_path;
  if (path === undefined) return [secret];
  const text = await readFile(join(settings.projectDir, "supabase", path), "utf8");
  const pairs = JSON.parse(text) as Record<string, unknown>[];
  const secretMembers = new Set(["d", "p", "q", "dp", "dq", "qi", "key_ops"]);
  const publicHalves = pairs.map((pair) =>
    Object.fromEntries(Object.entries(pair).filter(([member]) => !secretMembers.has(member))),
  );
  return [...publicHalves, secret];
}
