import postgres, { type Sql } from "postgres";
import type { PartHealth } from "../parts.ts";
import { databaseUrl, type Settings } from "../settings.ts";

const retryAfter = 250;

/**
 * Hears a channel of the database, and comes back when the database does. `onNews` is called for every
 * notification and after every (re)connection, because what was said meanwhile is lost.
 */
export class Listener {
  readonly #settings: Settings;
  readonly #channel: string;
  readonly #onNews: () => void;
  #sql: Sql | undefined;
  #timer: NodeJS.Timeout | undefined;
  #state: PartHealth["state"] = "stopped";
  #losses = 0;

  constructor(settings: Settings, channel: string, onNews: () => void) {
    this.#settings = settings;
    this.#channel = channel;
    this.#onNews = onNews;
  }

  async start(): Promise<void> {
    this.#state = "starting";
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    clearTimeout(this.#timer);
    await this.#sql?.end({ timeout: 1 }).catch(() => undefined);
  }

  health(): PartHealth {
    const lost = this.#state === "restarting";
    return {
      state: this.#state,
      restarts: this.#losses,
      ...(lost ? { detail: "waiting for the database" } : {}),
    };
  }

  async #connect(): Promise<void> {
    // The driver's own `listen` gives up when the database is still down at its first try.
    const options = {
      max: 1,
      idle_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      connection: { application_name: `listener of ${this.#channel}` },
      onnotify: this.#onNews,
      onclose: () => this.#lost(),
    };
    const sql = postgres(databaseUrl(this.#settings, "supabase_admin"), options);
    this.#sql = sql;
    await sql`listen ${sql(this.#channel)}`;
    this.#state = "healthy";
    this.#onNews();
  }

  #lost(): void {
    if (this.#state !== "healthy") return;
    this.#state = "restarting";
    this.#losses += 1;
    this.#again();
  }

  #again(): void {
    this.#timer = setTimeout(async () => {
      await this.#sql?.end({ timeout: 0 }).catch(() => undefined);
      if (this.#state !== "restarting") return;
      await this.#connect().catch(() => this.#again());
    }, retryAfter);
  }
}
