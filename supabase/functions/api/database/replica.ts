import postgres from "postgres";
import type { Sql } from "../../_shared/database.ts";
import { isBroken, withConnection } from "./pool.ts";

/** How long the replica may take to give a connection and to answer at all. */
const patienceMs = 1_000;

/** When the replica is asked again whether it has caught up, in milliseconds after the question before. */
const askAgainMs = [1, 2, 4, 8, 16, 32];

/** How long a replica that failed or lags gets no reads. One read then tries it again. */
const pauseMs = 5_000;

/** The replica did not answer in time, or has not yet what the read has to show. */
class NotReady extends Error {}

/**
 * A streaming replica that takes over reads. A read shows at least what the database had committed when the
 * request was counted, so callers see their own writes and what an event told them. If the replica cannot
 * show that soon, the read goes to the primary.
 */
export class Replica {
  readonly #sql: Sql;
  readonly #report: (cause: unknown) => void;
  readonly #now: () => number;
  #pausedUntil = 0;

  constructor(sql: Sql, report: (cause: unknown) => void, now = () => performance.now()) {
    this.#sql = sql;
    this.#report = report;
    this.#now = now;
  }

  /**
   * Runs `work` on the replica, once that has replayed the primary's log up to `position`. Returns undefined
   * if it has to run on the primary. Throws an error that the primary would give as well.
   */
  async read<T>(
    position: string,
    work: (db: postgres.ReservedSql) => Promise<T>,
  ): Promise<T | undefined> {
    const now = this.#now();
    if (now < this.#pausedUntil) return undefined;
    // After a pause one read tries. The others follow when it has succeeded.
    const tries = this.#pausedUntil > 0;
    if (tries) this.#pausedUntil = now + pauseMs;
    try {
      const result = await this.#whenReached(position, work);
      if (tries) this.#pausedUntil = 0;
      return result;
    } catch (error) {
      if (isSameOnPrimary(error)) {
        if (tries) this.#pausedUntil = 0;
        throw error;
      }
      if (
        error instanceof NotReady ||
        isBroken(error) ||
        !(error instanceof postgres.PostgresError)
      ) {
        this.#pausedUntil = this.#now() + pauseMs;
      }
      this.#report(error);
      return undefined;
    }
  }

  /** Gives up only before `work` has begun: then nothing has been asked for that the primary repeats. */
  #whenReached<T>(position: string, work: (db: postgres.ReservedSql) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let givenUp = false;
      const timer = setTimeout(() => {
        givenUp = true;
        reject(new NotReady("The replica did not answer in time."));
      }, patienceMs);
      const run = async (db: postgres.ReservedSql) => {
        const reached = await reaches(db, position);
        clearTimeout(timer);
        if (givenUp || !reached) throw new NotReady("The replica lags behind.");
        return work(db);
      };
      withConnection(this.#sql, run, patienceMs)
        .finally(() => clearTimeout(timer))
        .then(resolve, reject);
    });
  }
}

async function reaches(db: postgres.ReservedSql, position: string): Promise<boolean> {
  for (const wait of [...askAgainMs, undefined]) {
    const [row] = await db<{ reached: boolean | null }[]>`
      select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= ${position}::pg_lsn as reached`;
    if (row?.reached) return true;
    if (wait !== undefined) await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return false;
}

/** Refusals that are meant for the caller, invalid values, and statements that take too long. */
const isSameOnPrimary = (error: unknown): boolean =>
  error instanceof postgres.PostgresError && /^(PT\d{3}|2[23]...|57014)$/.test(error.code);
