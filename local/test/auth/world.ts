import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Hono } from "hono";
import type { Sql } from "postgres";
import { createApp } from "../../src/auth/app.ts";
import type { Auth } from "../../src/auth/context.ts";
import { createAuth } from "../../src/auth/create.ts";
import { loadConfig } from "../../src/config.ts";
import { MailCapture } from "../../src/mail/mail.ts";
import type { Settings } from "../../src/settings.ts";
import { ScratchDatabase } from "../support/database.ts";
import { readableLog } from "../support/log.ts";

export const password = "Correct-horse-7!";

export const randomEmail = (): string => `${randomBytes(8).toString("hex")}@example.com`;

/** The parts of a request that the gateway would forward. */
interface Call {
  readonly body?: unknown;
  readonly bearer?: string;
  readonly ip?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: what the service answers is what these tests are about.
type Any = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Any;
}

/** One Auth app with its own configuration. All services of a world share the database and the mail capture. */
export class AuthService {
  readonly auth: Auth;
  readonly logged: readonly string[];
  readonly #app: Hono;

  constructor(auth: Auth, logged: readonly string[]) {
    this.auth = auth;
    this.logged = logged;
    this.#app = createApp(auth);
  }

  get settings(): Settings {
    return this.auth.settings;
  }

  /** Sends a request without a client library, in the current error format, from a random address by default. */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const { body, bearer, ip = randomAddress(), headers = {} } = call;
    const response = await this.#app.request(path, {
      method,
      headers: {
        "x-forwarded-for": ip,
        "x-supabase-api-version": "2024-01-01",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      headers: response.headers,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  post(path: string, body: unknown, call: Call = {}): Promise<Answer> {
    return this.call("POST", path, { ...call, body });
  }

  /** Creates a supabase-js client that calls the app directly, in place of the gateway. */
  client(key = this.settings.keys.anonJwt, options: Any = {}): SupabaseClient {
    const root = `${this.settings.apiUrl}/auth/v1`;
    const send = async (input: Any, init: RequestInit = {}): Promise<Response> => {
      const url = String(input);
      if (!url.startsWith(root)) throw new Error(`Not a URL of Auth: ${url}`);
      const headers = new Headers(init.headers);
      headers.set("x-forwarded-for", randomAddress());
      return this.#app.request(url.slice(root.length), { ...init, headers });
    };
    return createClient(this.settings.apiUrl, key, {
      auth: {
        persistSession: false,
        autoRefreshToken: false,
        detectSessionInUrl: false,
        ...options,
      },
      global: { fetch: send as typeof fetch },
    });
  }

  admin(): SupabaseClient {
    return this.client(this.settings.keys.serviceRoleJwt);
  }

  /** Signs a new user up. Returns the response, which has tokens if the project does not require confirmation. */
  async newUser(data: object = {}): Promise<Answer["json"] & { readonly email: string }> {
    const email = randomEmail();
    const { status, json } = await this.post("/signup", { email, password, data });
    if (status !== 200) throw new Error(`Sign-up failed: ${JSON.stringify(json)}`);
    return { email, ...json };
  }

  signIn(email: string, secret = password): Promise<Answer> {
    return this.post("/token?grant_type=password", { email, password: secret });
  }

  refresh(refresh_token: string): Promise<Answer> {
    return this.post("/token?grant_type=refresh_token", { refresh_token });
  }
}

export class AuthWorld {
  readonly database: ScratchDatabase;
  readonly #mail: MailCapture;
  readonly #services: AuthService[] = [];
  readonly #folders: string[] = [];

  private constructor(database: ScratchDatabase, mail: MailCapture) {
    this.database = database;
    this.#mail = mail;
  }

  static async start(): Promise<AuthWorld> {
    const database = await ScratchDatabase.start();
    const mail = new MailCapture(database.settings);
    await mail.start();
    return new AuthWorld(database, mail);
  }

  /** A connection as `postgres`, the role that runs migrations. */
  get sql(): Sql {
    return this.database.as("postgres");
  }

  /** Creates an Auth app for a project with this `config.toml` and other files. */
  async service(
    toml = "",
    files: Readonly<Record<string, string>> = {},
    settings: Partial<Settings> = {},
  ): Promise<AuthService> {
    const projectDir = await mkdtemp(join(tmpdir(), "auth-"));
    this.#folders.push(projectDir);
    const all = { "supabase/config.toml": `project_id = "auth"\n${toml}`, ...files };
    for (const [name, text] of Object.entries(all)) {
      await mkdir(dirname(join(projectDir, name)), { recursive: true });
      await writeFile(join(projectDir, name), text);
    }
    const config = await loadConfig(projectDir, {});
    const { log, lines } = readableLog();
    const auth = await createAuth(
      { ...this.database.settings, projectDir, config, ...settings },
      log,
    );
    const service = new AuthService(auth, lines);
    this.#services.push(service);
    return service;
  }

  /** Returns the emails to an address, newest first. */
  async mailsTo(
    email: string,
  ): Promise<readonly { Subject: string; HTML: string; Text: string }[]> {
    const api = `${this.database.settings.mailUrl}/api/v1`;
    const found = await fetch(`${api}/search?query=${encodeURIComponent(`to:${email}`)}`);
    const { messages } = (await found.json()) as Any;
    return Promise.all(
      messages.map(async ({ ID }: Any) => (await fetch(`${api}/message/${ID}`)).json()),
    );
  }

  /** Reads code, token hash and link from the newest email to an address. */
  async mailedToken(email: string): Promise<{ code: string; hash: string; link: URL }> {
    const [mail] = await this.mailsTo(email);
    if (mail === undefined) throw new Error(`No email for ${email}.`);
    const href = /href="([^"]+)"/.exec(mail.HTML)?.[1]?.replaceAll("&amp;", "&");
    const link = new URL(href ?? "http://none.invalid/");
    const code = /<strong>(\d+)<\/strong>/.exec(mail.HTML)?.[1] ?? "";
    return { code, hash: link.searchParams.get("token") ?? "", link };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#services.map(({ auth }) => auth.sql.end({ timeout: 1 })));
    await this.#mail.stop();
    await this.database.stop();
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** Rate limits count per address, so a random address keeps them out of tests that are not about them. */
const randomAddress = (): string => [10, ...randomBytes(3)].join(".");
