import type { JWK } from "jose";
import { apiKeys, type Environment, required } from "../_shared/environment.ts";

export interface Settings {
  readonly supabaseUrl: string;
  /** The URL under which callers reach the project. */
  readonly publicUrl: string;
  /** A streaming replica that takes over reads. */
  readonly readDatabaseUrl: string | undefined;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwks: readonly JWK[];
  /** The header in which the platform's proxy passes on the client's address. */
  readonly addressHeader: string | undefined;
  /** Comma-separated origins of pages that may call the API. */
  readonly corsOrigins: string | undefined;
}

export function readSettings(env: Environment): Settings {
  const [publishableKey] = apiKeys(env, "publishable");
  if (publishableKey === undefined) throw new Error("SUPABASE_PUBLISHABLE_KEYS is not set.");
  const [secretKey] = apiKeys(env, "secret");
  if (secretKey === undefined) throw new Error("SUPABASE_SECRET_KEYS is not set.");
  const supabaseUrl = required(env, "SUPABASE_URL");
  const { keys = [] } = JSON.parse(env("SUPABASE_JWKS") || "{}") as { keys?: JWK[] };
  return {
    supabaseUrl: withoutSlash(supabaseUrl),
    publicUrl: withoutSlash(env("PUBLIC_URL") || supabaseUrl),
    readDatabaseUrl: env("READ_DATABASE_URL") || undefined,
    publishableKey,
    secretKey,
    jwks: keys,
    addressHeader: env("CLIENT_ADDRESS_HEADER") || undefined,
    corsOrigins: env("CORS_ORIGINS"),
  };
}

const withoutSlash = (url: string) => url.replace(/\/$/, "");
