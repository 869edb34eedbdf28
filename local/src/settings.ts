import type { ProjectConfig } from "./config.ts";
import type { Keys } from "./keys.ts";

/** Addresses of one running stack. Public ones are stable; `internal` ones are free ports of this run. */
export interface Ports {
  readonly api: number;
  readonly db: number;
  readonly mail: number;
  readonly internal: {
    readonly postgrest: number;
    readonly postgrestAdmin: number;
    readonly auth: number;
    readonly functions: number;
    readonly storage: number;
    readonly realtime: number;
  };
}

/** Everything a part needs to know. Plain data, so that it can be sent to a child process. */
export interface Settings {
  /** The folder that holds `supabase/`. */
  readonly projectDir: string;
  /** Where the stack keeps its state: database, files, keys, mails, logs. */
  readonly dataDir: string;
  readonly ports: Ports;
  /** The address that the gateway listens on. All other parts are reached from this machine only. */
  readonly host: string;
  /** Whether a proxy in front of the gateway sets `X-Forwarded-*`. Otherwise callers could forge their address. */
  readonly trustProxy: boolean;
  /** Public address of the gateway, without a trailing slash: `http://127.0.0.1:54321`. */
  readonly apiUrl: string;
  readonly mailUrl: string;
  readonly keys: Keys;
  readonly config: ProjectConfig;
}

const host = "127.0.0.1";

/** Connection string for one of the database's login roles. */
export function databaseUrl(
  settings: Pick<Settings, "ports" | "keys">,
  role:
    | "postgres"
    | "supabase_admin"
    | "supabase_auth_admin"
    | "supabase_storage_admin"
    | "authenticator" = "postgres",
): string {
  const password = encodeURIComponent(settings.keys.databasePassword);
  return `postgresql://${role}:${password}@${host}:${settings.ports.db}/postgres`;
}
