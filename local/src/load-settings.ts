import { loadConfig } from "./config.ts";
import { loopbackHost, urlHost } from "./host.ts";
import { loadKeys } from "./keys.ts";
import { choosePorts, type RequestedPorts } from "./ports.ts";
import { databaseUrl, type Settings } from "./settings.ts";

export interface LoadOptions {
  readonly host?: string | undefined;
  readonly trustProxy?: boolean | undefined;
}

/** Reads the project's configuration, the data folder's keys, and chooses ports for this run. */
export async function loadSettings(
  projectDir: string,
  dataDir: string,
  requested: RequestedPorts = {},
  { host = loopbackHost, trustProxy = false }: LoadOptions = {},
): Promise<Settings> {
  const keys = await loadKeys(dataDir);
  const ports = await choosePorts(await loadConfig(projectDir), requested, host);
  const apiUrl = `http://${urlHost(host)}:${ports.api}`;
  const mailUrl = `http://127.0.0.1:${ports.mail}`;
  // The project's configuration may refer to the stack it runs in, as `env(SUPABASE_URL)`.
  const config = await loadConfig(projectDir, {
    ...process.env,
    SUPABASE_URL: apiUrl,
    SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
    SUPABASE_SECRET_KEY: keys.secretKey,
    SUPABASE_DB_URL: databaseUrl({ ports, keys }),
    MAILPIT_URL: mailUrl,
  });
  return { projectDir, dataDir, ports, host, trustProxy, apiUrl, mailUrl, keys, config };
}
