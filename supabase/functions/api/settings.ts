import type { JWK } from "jose";
import { apiKeys, type Environment, required } from "../_shared/environment.ts";

export interface Settings {
  readonly supabaseUrl: string;
  readonly databaseUrl: string;
  readonly publishableKey: string;
  readonly jwks: readonly JWK[];
  /** Comma-separated origins whose pages may call. */
  readonly corsOrigins: string | undefined;
}

export function readSettings(env: Environment): Settings {
  const [publishableKey] = apiKeys(env, "publishable");
  if (publishableKey === undefined) throw new Error("SUPABASE_PUBLISHABLE_KEYS is not set.");
  const { keys = [] } = JSON.parse(env("SUPABASE_JWKS") || "{}") as { keys?: JWK[] };
  return {
    supabaseUrl: required(env, "SUPABASE_URL").replace(/\/$/, ""),
    databaseUrl: required(env, "SUPABASE_DB_URL"),
    publishableKey,
    jwks: keys,
    corsOrigins: env("CORS_ORIGINS"),
  };
}
