import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadConfig } from "./config.ts";
import { announce, retract } from "./descriptor.ts";
import { FunctionsRuntime } from "./functions/functions.ts";
import { cacheFunctions } from "./functions/prepare.ts";
import { Gateway } from "./gateway/gateway.ts";
import { loadKeys } from "./keys.ts";
import { lockDataDir } from "./lock.ts";
import { createLog } from "./log.ts";
import { MailCapture } from "./mail/mail.ts";
import type { Part, PartHealth } from "./parts.ts";
import { choosePorts, type PortWishes } from "./ports.ts";
import { PostgresCluster } from "./postgres/cluster.ts";
import { applyMigrations } from "./postgres/migrations.ts";
import { bootstrap } from "./postgres/platform/bootstrap.ts";
import { applySeeds } from "./postgres/seeds.ts";
import { applyVault } from "./postgres/vault.ts";
import { Postgrest } from "./postgrest/postgrest.ts";
import { NodeService } from "./process/node-service.ts";
import { databaseUrl, type Settings } from "./settings.ts";

export interface StackOptions {
  /** The folder that holds `supabase/`. */
  readonly projectDir: string;
  readonly dataDir: string;
  readonly ports?: PortWishes;
  /** Starts with an empty database; keys are kept. */
  readonly reset?: boolean;
  /** Leaves the seeds out, for tests that bring their own world. */
  readonly seed?: boolean;
  /** Hears each step as it ends. */
  readonly onStep?: (step: string, milliseconds: number) => void;
}

/** A running Supabase: every part started in order, watched, and stopped in reverse. */
export class Stack {
  readonly settings: Settings;
  readonly #parts: Part[] = [];
  readonly #unlock: () => Promise<void>;
  #stopping: Promise<void> | undefined;

  private constructor(settings: Settings, unlock: () => Promise<void>) {
    this.settings = settings;
    this.#unlock = unlock;
  }

  static async start(options: StackOptions): Promise<Stack> {
    const projectDir = resolve(options.projectDir);
    const dataDir = resolve(options.dataDir);
    const unlock = await lockDataDir(dataDir);
    try {
      if (options.reset === true) await forget(dataDir);
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      const stack = new Stack(await settle(projectDir, dataDir, options.ports ?? {}), unlock);
      try {
        await stack.#boot(options);
      } catch (error) {
        await stack.stop();
        throw error;
      }
      return stack;
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  health(): Readonly<Record<string, PartHealth>> {
    return Object.fromEntries(this.#parts.map((part) => [part.name, part.health()]));
  }

  /** Stops every part, newest first. Committed work is on disk; calling it twice is fine. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      await retract(this.settings.dataDir);
      for (const part of [...this.#parts].reverse()) await part.stop();
      await this.#unlock();
    })();
    return this.#stopping;
  }

  async #boot({ onStep = () => undefined, seed = true }: StackOptions): Promise<void> {
    const { settings } = this;
    const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
      const started = performance.now();
      const result = await work();
      onStep(step, performance.now() - started);
      return result;
    };
    const run = (part: Part, step: string) => {
      this.#parts.push(part);
      return timed(step, () => part.start());
    };
    const log = (name: string) => createLog(name, settings.dataDir);

    const functions = async () => {
      const functionsLog = log("functions");
      // Does nothing unless an import is new. One that can't be had is shown by its function alone.
      await cacheFunctions(settings.projectDir).catch((error) => functionsLog.error(error));
      await run(new FunctionsRuntime(settings, functionsLog), "Functions");
    };

    const mail = run(new MailCapture(settings), "Mail capture");
    const database = (async () => {
      await run(new PostgresCluster(settings), "PostgreSQL");
      await timed("Platform schemas", () => bootstrap(settings));
    })();
    await settled([mail, database]);

    const services = settled([
      run(service("auth", "./auth/main.ts", settings), "Auth"),
      functions(),
    ]);
    const schema = (async () => {
      await timed("Vault secrets", () => applyVault(settings));
      await migrate(settings, timed, seed);
      await settled([
        run(new Postgrest(settings), "PostgREST"),
        // It sweeps its folder when it starts: by then all objects of migrations and seeds are known.
        run(service("storage", "./storage/main.ts", settings, frugal), "Storage"),
        run(service("realtime", "./realtime/main.ts", settings, frugal), "Realtime"),
      ]);
      await run(service("jobs", "./jobs/main.ts", settings), "Cron and net");
    })();
    await settled([services, schema]);
    await run(new Gateway(settings, log("gateway"), () => this.health()), "Gateway");
    await announce(settings);
  }
}

/** Buffers of finished chunks are collected soon instead of late: what streams must not swell. */
const frugal = ["--max-semi-space-size=1"];

const service = (
  name: string,
  program: string,
  settings: Settings,
  flags: readonly string[] = [],
): NodeService => new NodeService(name, new URL(program, import.meta.url), settings, flags);

/** Waits for all of them before it tells of a failure: nothing is stopped while another still works on it. */
async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}

async function migrate(
  settings: Settings,
  timed: <T>(step: string, work: () => Promise<T>) => Promise<T>,
  seed: boolean,
): Promise<void> {
  const { db } = settings.config;
  if (db.migrations.enabled) await timed("Migrations", () => applyMigrations(settings));
  if (seed && db.seed.enabled) await timed("Seeds", () => applySeeds(settings));
}

async function settle(projectDir: string, dataDir: string, wishes: PortWishes): Promise<Settings> {
  const keys = await loadKeys(dataDir);
  const ports = await choosePorts(await loadConfig(projectDir), wishes);
  const apiUrl = `http://127.0.0.1:${ports.api}`;
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
  return { projectDir, dataDir, ports, apiUrl, mailUrl, keys, config };
}

/** What `--reset` throws away: everything but the keys and the lock. */
async function forget(dataDir: string): Promise<void> {
  await Promise.all(
    ["postgres", "mail", "storage", "logs"].map((name) =>
      rm(join(dataDir, name), { recursive: true, force: true }),
    ),
  );
}
