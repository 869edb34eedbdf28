import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { databaseUrl, type Settings } from "./settings.ts";

/** The addresses and keys of a running stack, under the official CLI's variable names. */
export interface Descriptor {
  readonly API_URL: string;
  readonly REST_URL: string;
  readonly FUNCTIONS_URL: string;
  readonly DB_URL: string;
  readonly MAILPIT_URL: string;
  readonly INBUCKET_URL: string;
  readonly PUBLISHABLE_KEY: string;
  readonly SECRET_KEY: string;
  readonly ANON_KEY: string;
  readonly SERVICE_ROLE_KEY: string;
  readonly JWT_SECRET: string;
}

export function describe(settings: Settings): Descriptor {
  const { apiUrl, mailUrl, keys } = settings;
  return {
    API_URL: apiUrl,
    REST_URL: `${apiUrl}/rest/v1`,
    FUNCTIONS_URL: `${apiUrl}/functions/v1`,
    DB_URL: databaseUrl(settings),
    MAILPIT_URL: mailUrl,
    INBUCKET_URL: mailUrl,
    PUBLISHABLE_KEY: keys.publishableKey,
    SECRET_KEY: keys.secretKey,
    ANON_KEY: keys.anonJwt,
    SERVICE_ROLE_KEY: keys.serviceRoleJwt,
    JWT_SECRET: keys.jwtSecret,
  };
}

const fileOf = (dataDir: string) => join(dataDir, "stack.json");

/** Writes the descriptor where `status` finds it. Only the user who started the stack can read it. */
export async function announce(settings: Settings): Promise<void> {
  const file = fileOf(settings.dataDir);
  await writeFile(`${file}.new`, JSON.stringify(describe(settings)), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Removes the descriptor of a stack that stops. */
export const retract = (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true });

/** The descriptor of the stack that runs with this data, or `undefined` when none answers. */
export async function findRunning(dataDir: string): Promise<Descriptor | undefined> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => undefined);
  const descriptor = text === undefined ? undefined : parse(text);
  if (descriptor === undefined) return undefined;
  const answer = await fetch(`${descriptor.API_URL}/health`, {
    signal: AbortSignal.timeout(3000),
  }).catch(() => undefined);
  return answer === undefined ? undefined : descriptor;
}

/** What a crash of the machine left may be half a file: then the stack it described is gone. */
function parse(text: string): Descriptor | undefined {
  try {
    return JSON.parse(text) as Descriptor;
  } catch {
    return undefined;
  }
}
