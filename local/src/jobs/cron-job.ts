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
 * One scheduled job. It never runs twice at the same time. As in pg_cron, one run that becomes due meanwhile
 * starts right afterwards; further ones are dropped.
 */
export class CronJob {
  readonly row: JobRow;
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #unschedule: () => void;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #isDue = false;

  constructor(row: JobRow, work: (signal: AbortSignal) => Promise<void>) {
    this.row = row;
    this.#work = work;
    this.#unschedule = schedule(row.schedule, () => this.#runOrDefer());
  }

  /** Stops the schedule and cancels a run in progress. */
  async stop(): Promise<void> {
    this.#unschedule();
    this.#abort.abort();
    await this.#running;
  }

  #runOrDefer(): void {
    if (this.#running !== undefined) {
      this.#isDue = true;
      return;
    }
    this.#isDue = false;
    this.#running = this.#work(this.#abort.signal)
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
        if (this.#isDue && !this.#abort.signal.aborted) this.#runOrDefer();
      });
  }
}

/** Schedules by five cron fields in UTC or by `<n> seconds`. Returns a function that stops the schedule. */
function schedule(text: string, onDue: () => void): () => void {
  const seconds = /^\s*(\d+)\s+seconds?\s*$/i.exec(text)?.[1];
  if (seconds !== undefined) {
    const timer = setInterval(onDue, Number(seconds) * 1000);
    return () => clearInterval(timer);
  }
  // `$` is pg_cron's notation for the last day of a month; croner's is `L`.
  const pattern = text
    .trim()
    .replaceAll("$", "L")
    .replace(/^@midnight$/i, "@daily");
  const cron = new Cron(pattern, { timezone: "UTC", mode: "5-part" }, onDue);
  return () => cron.stop();
}
