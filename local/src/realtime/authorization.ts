import { randomUUID } from "node:crypto";
import postgres, { type Sql, type TransactionSql } from "postgres";
import type { Claims } from "./tokens.ts";

export type Extension = "broadcast" | "presence";

/** Rights of a user on one private topic, by extension. */
export type Rights = Readonly<Record<Extension, boolean>>;

/** The user and topic that policies are evaluated for. */
export interface PolicyContext {
  readonly claims: Claims;
  /** The channel's name without the prefix `realtime:`. */
  readonly topic: string;
  /** Headers of the request that opened the socket. */
  readonly headers: Readonly<Record<string, unknown>>;
}

class Rollback extends Error {}

/**
 * Evaluates the policies on `realtime.messages` with the role, claims and topic that upstream sets. Every
 * transaction is rolled back.
 */
export class Authorization {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Returns the read rights: inserts one probe row per extension, then checks which the user can select. */
  async mayRead(context: PolicyContext, withPresence: boolean): Promise<Rights> {
    const ids = { broadcast: randomUUID(), presence: randomUUID() };
    let visible = new Set<string>();
    await this.#runAndRollBack(async (tx) => {
      await tx`
        insert into realtime.messages (id, topic, extension, inserted_at, updated_at)
        select probe.id, ${context.topic}, probe.extension, now(), now()
        from unnest(
          ${[ids.broadcast, ids.presence]}::uuid[], ${["broadcast", "presence"]}::text[]
        ) as probe (id, extension)
        where ${withPresence} or probe.extension = 'broadcast'`;
      await setUser(tx, context);
      const rows = await tx<{ id: string }[]>`
        select id from realtime.messages where id = any (${Object.values(ids)}::uuid[])`;
      visible = new Set(rows.map(({ id }) => id));
    });
    return { broadcast: visible.has(ids.broadcast), presence: visible.has(ids.presence) };
  }

  /** Returns whether the user can insert a row for the extension. */
  async mayWrite(context: PolicyContext, extension: Extension): Promise<boolean> {
    let allowed = true;
    await this.#runAndRollBack(async (tx) => {
      await setUser(tx, context);
      try {
        await tx.savepoint(
          (inner) => inner`
            insert into realtime.messages (topic, extension, inserted_at, updated_at)
            values (${context.topic}, ${extension}, now(), now())`,
        );
      } catch (error) {
        if (!(error instanceof postgres.PostgresError) || error.code !== "42501") throw error;
        allowed = false;
      }
    });
    return allowed;
  }

  async #runAndRollBack(work: (tx: TransactionSql) => Promise<void>): Promise<void> {
    try {
      await this.#sql.begin(async (tx) => {
        await work(tx);
        throw new Rollback();
      });
    } catch (error) {
      if (!(error instanceof Rollback)) throw error;
    }
  }
}

const setUser = (tx: TransactionSql, { claims, topic, headers }: PolicyContext) => tx`
  select
    set_config('role', ${claims.role}, true),
    set_config('realtime.topic', ${topic}, true),
    set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
    set_config('request.jwt.claim.sub', ${claims.sub ?? ""}, true),
    set_config('request.jwt.claim.role', ${claims.role}, true),
    set_config('request.headers', ${JSON.stringify(headers)}, true)`;
