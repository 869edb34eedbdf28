import type { Logger } from "pino";
import postgres from "postgres";
import { databaseUrl, type Settings } from "../settings.ts";
import type { Auth } from "./context.ts";
import { Hooks } from "./hooks.ts";
import { Limits } from "./limits.ts";
import { Mailer } from "./mailer.ts";
import { createSigner } from "./signer.ts";

/** Milliseconds a statement can take, so that no statement runs on long after its client gave up. */
export const statementTimeout = 10_000;

/** Creates the dependencies of the routes. */
export async function createAuth(settings: Settings, log: Logger): Promise<Auth> {
  const sql = postgres(databaseUrl(settings, "supabase_auth_admin"), {
    max: 10,
    idle_timeout: 60,
    connect_timeout: 5,
    // A killed database restarts within about a second, so the reconnect delay is at most that.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => undefined,
    connection: { application_name: "auth", statement_timeout: statementTimeout },
  });
  const { config } = settings;
  const limits = new Limits();
  const hooks = new Hooks(sql, config.auth.hook, log, settings.apiUrl);
  const mailer = new Mailer(settings, hooks, limits, log);
  return { sql, settings, log, limits, hooks, mailer, signer: await createSigner(settings) };
}
