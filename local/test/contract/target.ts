/**
 * The Supabase stack that the contract tests run against. By default an embedded stack with the fixture project,
 * started here. With CONTRACT_API_URL, CONTRACT_PUBLISHABLE_KEY, CONTRACT_SECRET_KEY, CONTRACT_DB_URL and
 * CONTRACT_MAILPIT_URL set, another stack that serves the fixture project, such as `supabase start` in its folder.
 * CONTRACT_INTERNAL_URL is the API's URL for the database, if it differs.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Session, type SupabaseClient, type User } from "@supabase/supabase-js";
import postgres from "postgres";
import { afterAll } from "vitest";
import { Stack } from "../../src/stack.ts";
import { fixture } from "../support/settings.ts";

interface Target {
  readonly apiUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly dbUrl: string;
  readonly mailUrl: string;
  readonly internalUrl: string;
  /** Empty if the stack is not embedded. */
  readonly dataDir: string;
  close(): Promise<void>;
}

/** Tests of behaviour that only the embedded stack has use `test.runIf(isEmbedded)`. */
export const isEmbedded = process.env.CONTRACT_API_URL === undefined;

const target = isEmbedded ? await startEmbedded() : fromEnvironment();
export const { apiUrl, publishableKey, secretKey, dbUrl, mailUrl, internalUrl, dataDir } = target;
afterAll(() => target.close());

async function startEmbedded(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "contract-"));
  const dataDir = join(folder, "data");
  const remove = () => rm(folder, { recursive: true, force: true });
  let stack: Stack;
  try {
    stack = await Stack.start({ projectDir: fixture, dataDir, ports: { api: 0 } });
  } catch (error) {
    await remove();
    throw error;
  }
  const { about } = stack;
  return {
    apiUrl: about.API_URL,
    publishableKey: about.PUBLISHABLE_KEY,
    secretKey: about.SECRET_KEY,
    dbUrl: about.DB_URL,
    mailUrl: about.MAILPIT_URL,
    internalUrl: about.API_URL,
    dataDir,
    close: async () => {
      await stack.stop();
      await remove();
    },
  };
}

function fromEnvironment(): Target {
  const value = (name: string): string => {
    const found = process.env[name];
    if (found === undefined) throw new Error(`${name} is not set, although CONTRACT_API_URL is.`);
    return found;
  };
  return {
    apiUrl: value("CONTRACT_API_URL"),
    publishableKey: value("CONTRACT_PUBLISHABLE_KEY"),
    secretKey: value("CONTRACT_SECRET_KEY"),
    dbUrl: value("CONTRACT_DB_URL"),
    mailUrl: value("CONTRACT_MAILPIT_URL"),
    internalUrl: process.env.CONTRACT_INTERNAL_URL ?? value("CONTRACT_API_URL"),
    dataDir: "",
    close: async () => undefined,
  };
}

const options = {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
} as const;

export const client = (key = publishableKey): SupabaseClient => createClient(apiUrl, key, options);

export const admin = client(secretKey);

export const password = "Correct-horse-7!";

export const randomEmail = (): string => `contract-${randomBytes(8).toString("hex")}@example.com`;

export interface Person {
  readonly email: string;
  readonly user: User;
  readonly session: Session;
  readonly client: SupabaseClient;
}

/** Signs up a new user, who is signed in. */
export async function newUser(data: object = {}): Promise<Person> {
  const own = client();
  const email = randomEmail();
  const answer = await own.auth.signUp({ email, password, options: { data } });
  const { user, session } = answer.data;
  if (user === null || session === null)
    throw answer.error ?? new Error("The sign-up returned no session.");
  return { email, user, session, client: own };
}

/** Opens another session of a user. */
export async function signedIn(email: string, secret = password): Promise<Person> {
  const own = client();
  const answer = await own.auth.signInWithPassword({ email, password: secret });
  if (answer.error !== null) throw answer.error;
  return { email, ...answer.data, client: own };
}

/** Runs one statement as `postgres`, the role that runs migrations. */
export async function query(
  text: string,
  values: readonly (string | number)[] = [],
): Promise<readonly postgres.Row[]> {
  const sql = postgres(dbUrl, { max: 1, onnotice: () => undefined });
  try {
    return [...(await sql.unsafe(text, [...values]))];
  } finally {
    await sql.end();
  }
}

export interface Letter {
  readonly ID: string;
  readonly Subject: string;
  readonly From: { readonly Address: string };
  readonly To: readonly { readonly Address: string; readonly Name: string }[];
  readonly HTML: string;
  readonly Text: string;
}

/** Waits for an email to an address and returns the newest one. */
export async function mailTo(email: string): Promise<Letter> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const found = await fetch(
      `${mailUrl}/api/v1/search?query=${encodeURIComponent(`to:${email}`)}`,
    );
    const { messages } = (await found.json()) as { messages: readonly { ID: string }[] };
    const [newest] = messages;
    if (newest !== undefined) {
      return (await fetch(`${mailUrl}/api/v1/message/${newest.ID}`)).json() as Promise<Letter>;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No email to ${email} arrived.`);
}

/** Returns the verification link of an email from Auth. */
export function linkIn({ HTML }: Letter): URL {
  const link = /href="([^"]*\/auth\/v1\/verify[^"]*)"/.exec(HTML)?.[1];
  if (link === undefined) throw new Error("The email has no verification link.");
  return new URL(link.replaceAll("&amp;", "&"));
}
