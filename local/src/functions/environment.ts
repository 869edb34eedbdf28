import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { databaseUrl, type Settings } from "../settings.ts";
import { functionsFolder } from "./project-functions.ts";

/** Names that a project cannot set, as on hosted Supabase: the platform's and the machine's own. */
const reserved = /^(SUPABASE_.*|HOME|HOSTNAME|PATH|PWD)$/;

/** Returns a function's environment. It contains nothing of this process's own environment. */
export function functionEnvironment(settings: Settings, slug: string): Record<string, string> {
  const { keys, apiUrl, projectDir } = settings;
  const file = join(functionsFolder(projectDir), ".env");
  const own = { ...envFile(file), ...settings.config.edge_runtime.secrets };
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => !reserved.test(name))),
    SUPABASE_URL: apiUrl,
    SUPABASE_DB_URL: databaseUrl(settings),
    SUPABASE_ANON_KEY: keys.anonJwt,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleJwt,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: verificationKeys(settings) }),
    SUPABASE_FUNCTION_SLUG: slug,
  };
}

function envFile(file: string): Record<string, string> {
  try {
    return parseEnv(readFileSync(file, "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** Returns the keys that a function verifies tokens with: the shared secret, and the public halves of signing keys. */
function verificationKeys(settings: Settings): readonly object[] {
  const secret = {
    kty: "oct",
    alg: "HS256",
    k: Buffer.from(settings.keys.jwtSecret).toString("base64url"),
  };
  const path = settings.config.auth.signing_keys_path;
  if (path === undefined) return [secret];
  const text = readFileSync(join(settings.projectDir, "supabase", path), "utf8");
  const pairs = JSON.parse(text) as Record<string, unknown>[];
  const secretMembers = new Set(["d", "p", "q", "dp", "dq", "qi", "key_ops"]);
  const publicHalves = pairs.map((pair) =>
    Object.fromEntries(Object.entries(pair).filter(([member]) => !secretMembers.has(member))),
  );
  return [...publicHalves, secret];
}
