import { inBackground } from "../_shared/background.ts";
import { connect, openDatabase } from "../_shared/database.ts";
import { fromDeno } from "../_shared/environment.ts";
import { createApp } from "./app.ts";
import { keyFinder } from "./caller/keys.ts";
import { requestCounter } from "./caller/limits.ts";
import { tokenVerifier } from "./caller/token.ts";
import { Database } from "./database/client.ts";
import { Replica } from "./database/replica.ts";
import { corsPolicy } from "./http/cors.ts";
import { describeError, logToConsole } from "./http/log.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings(fromDeno);
const { supabaseUrl, publicUrl, publishableKey, secretKey } = settings;

const replica =
  settings.readDatabaseUrl === undefined
    ? undefined
    : new Replica(connect(settings.readDatabaseUrl, 10), (cause) =>
        console.error(JSON.stringify({ replica: describeError(cause) })),
      );
const database = new Database(openDatabase(fromDeno, 10), replica);

async function publishedKeys() {
  const response = await fetch(`${supabaseUrl}/auth/v1/.well-known/jwks.json`);
  if (!response.ok)
    throw new Error(`Auth answered ${response.status} to the request for its keys.`);
  return (await response.json()).keys;
}

const app = createApp({
  database,
  auth: { supabaseUrl, secretKey },
  storage: { supabaseUrl, publicUrl, publishableKey, secretKey },
  verify: tokenVerifier(keyFinder(settings.jwks, publishedKeys)),
  count: requestCounter(database),
  background: (work) =>
    inBackground(work, (error) =>
      console.error(JSON.stringify({ background: describeError(error) })),
    ),
  addressHeader: settings.addressHeader,
  cors: corsPolicy(settings.corsOrigins),
  log: logToConsole,
});

Deno.serve(app.fetch);
