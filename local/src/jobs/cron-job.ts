import { Cron } from "croner";

export interface JobRow {
  readonly jobid: string;
  readonly schedule: string;
  readonly command: string;
  readonly database: string;
  readonly username: string;
}

export const sameJob = (a: JobRow, b: JobRow): boolean =>
  a.schedule === b.schedule &&
  a.command === b.command &&
  a.database === b.database &&
  a.username === b.username;

/**
 * One scheduled job. It never runs twice at a time: a turn that comes while it runs is taken right after,
 * and further ones are dropped, as pg_cron does.
 */
export class CronJob {
  readonly row: JobRow;
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #unschedule: () => void;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #missedTurn = false;

  constructor(row: JobRow, work: (signal: AbortSignal) => Promise<void>) {
    this.row = row;
    this.#work = work;
    this.#unschedule = schedule(row.schedule, () => this.#turn());
  }

  /** No further turn; one under way is cancelled. */
  async stop(): Promise<void> {
    this.#unschedule();
    this.#abort.abort();
    await this.#running;
  }

  #turn(): void {
    if (this.#running !== undefined) {
      this.#missedTurn = true;
      return;
    }
    this.#missedTurn = false;
    this.#running = this.#work(this.#abort.signal)
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
        if (this.#missedTurn && !this.#abort.signal.aborted) this.#turn();
      });
  }
}

/** Five fields of cron in GMT, or a number of seconds. Returns how to stop it. */
function schedule(text: string, turn: () => void): () => void {
  const seconds = /^\s*(\d+)\s+seconds?\s*$/i.exec(text)?.[1];
  if (seconds !== undefined) {
    const timer = setInterval(turn, Number(seconds) * 1000);
    return () => clearInterval(timer);
  }
  // pg_cron writes the last day of a month as `$`.
  const pattern = text
    .trim()
    .replaceAll("$", "L")
    .replace(/^@midnight$/i, "@daily");
  const cron = new Cron(pattern, { timezone: "UTC", mode: "5-part" }, turn);
  return () => cron.stop();
}
