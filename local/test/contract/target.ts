import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createClient,
  type SupabaseClient,
  type SupabaseClientOptions,
} from "@supabase/supabase-js";
import { describe as describeStack } from "../../src/descriptor.ts";
import { Stack } from "../../src/stack.ts";
import { fixture } from "../support/settings.ts";

/** The stack under test; it serves the project in `test/fixtures/project`. */
export interface Target {
  readonly url: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  /** The legacy keys: JWTs of the roles anon and service_role. */
  readonly anonKey: string | undefined;
  readonly dbUrl: string;
  readonly mailUrl: string;
  /** The API as the database reaches it: not the same when the database runs in a container. */
  readonly urlInside: string;
}

let current: Target | undefined;
let close = async (): Promise<void> => undefined;

/** The stack that the environment names, as `supabase status -o env` does, else an embedded one of its own. */
export async function openTarget(): Promise<void> {
  const {
    SUPABASE_URL: url,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    ANON_KEY,
    DB_URL,
    MAILPIT_URL,
  } = process.env;
  if (url === undefined) {
    current = await bootEmbedded();
    return;
  }
  const need = (name: string, value: string | undefined): string => {
    if (value === undefined) throw new Error(`With SUPABASE_URL the tests need ${name} as well.`);
    return value;
  };
  current = {
    url,
    publishableKey: need("PUBLISHABLE_KEY", PUBLISHABLE_KEY),
    secretKey: need("SECRET_KEY", SECRET_KEY),
    anonKey: ANON_KEY,
    dbUrl: need("DB_URL", DB_URL),
    mailUrl: need("MAILPIT_URL", MAILPIT_URL),
    urlInside: process.env.SUPABASE_URL_INSIDE ?? url,
  };
}

export const closeTarget = (): Promise<void> => close();

export function target(): Target {
  if (current === undefined) throw new Error("No stack has been opened.");
  return current;
}

async function bootEmbedded(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "contract-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  close = remove;
  const stack = await Stack.start({
    projectDir: fixture,
    dataDir: join(folder, "data"),
    ports: { api: 0 },
  });
  close = () => stack.stop().then(remove);
  const about = describeStack(stack.settings);
  return {
    url: about.API_URL,
    publishableKey: about.PUBLISHABLE_KEY,
    secretKey: about.SECRET_KEY,
    anonKey: about.ANON_KEY,
    dbUrl: about.DB_URL,
    mailUrl: about.MAILPIT_URL,
    urlInside: about.API_URL,
  };
}

type Options = SupabaseClientOptions<"public">;

function connect(key: string, options: Options = {}): SupabaseClient {
  const auth = { persistSession: false, autoRefreshToken: false, ...options.auth };
  return createClient(target().url, key, { ...options, auth });
}

/** A client as an app has it: with the publishable key. */
export const appClient = (options?: Options): SupabaseClient =>
  connect(target().publishableKey, options);

/** A client as a server has it: with the secret key. */
export const serverClient = (): SupabaseClient => connect(target().secretKey);

export const goodPassword = "Correct-horse-7";

export const newEmail = (): string => `person-${crypto.randomUUID().slice(0, 8)}@contract.example`;

export interface Account {
  readonly client: SupabaseClient;
  readonly id: string;
  readonly email: string;
}

/** Somebody new, signed in. */
export async function newAccount(): Promise<Account> {
  const client = appClient();
  const email = newEmail();
  const { data, error } = await client.auth.signUp({ email, password: goodPassword });
  if (error !== null || data.user === null) throw error ?? new Error("No user.");
  return { client, id: data.user.id, email };
}
