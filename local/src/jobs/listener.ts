import postgres, { type Sql } from "postgres";
import type { PartHealth } from "../parts.ts";
import { databaseUrl, type Settings } from "../settings.ts";

/** Milliseconds. */
const retryInterval = 250;

/**
 * Listens to a notification channel of the database and reconnects when the connection is lost. Calls `onChange`
 * for every notification and after every connection, because notifications in between are lost.
 */
export class Listener {
  readonly #settings: Settings;
  readonly #channel: string;
  readonly #onChange: () => void;
  #sql: Sql | undefined;
  #timer: NodeJS.Timeout | undefined;
  #state: PartHealth["state"] = "stopped";
  #losses = 0;

  constructor(settings: Settings, channel: string, onChange: () => void) {
    this.#settings = settings;
    this.#channel = channel;
    this.#onChange = onChange;
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
    const isWaiting = this.#state === "restarting";
    return {
      state: this.#state,
      restarts: this.#losses,
      ...(isWaiting ? { detail: "waiting for the database" } : {}),
    };
  }

  async #connect(): Promise<void> {
    // The driver's own `listen` does not retry when the first reconnection fails.
    const options = {
      max: 1,
      idle_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      connection: { application_name: `listener of ${this.#channel}` },
      onnotify: this.#onChange,
      onclose: () => this.#handleLoss(),
    };
    const sql = postgres(databaseUrl(this.#settings, "supabase_admin"), options);
    this.#sql = sql;
    await sql`listen ${sql(this.#channel)}`;
    this.#state = "healthy";
    this.#onChange();
  }

  #handleLoss(): void {
    if (this.#state !== "healthy") return;
    this.#state = "restarting";
    this.#losses += 1;
    this.#scheduleReconnect();
  }

  #scheduleReconnect(): void {
    this.#timer = setTimeout(async () => {
      await this.#sql?.end({ timeout: 0 }).catch(() => undefined);
      if (this.#state !== "restarting") return;
      await this.#connect().catch(() => this.#scheduleReconnect());
    }, retryInterval);
  }
}
