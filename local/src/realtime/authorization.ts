import { randomUUID } from "node:crypto";
import postgres, { type Sql, type TransactionSql } from "postgres";
import type { Claims } from "./tokens.ts";

type Extension = "broadcast" | "presence";

/** What somebody may do on one private topic. */
export type Rights = Readonly<Record<Extension, boolean>>;

export interface Listener {
  readonly claims: Claims;
  /** The channel's name, without Realtime's own prefix. */
  readonly topic: string;
  /** Headers of the request that opened the socket. */
  readonly headers: Readonly<Record<string, unknown>>;
}

class Rollback extends Error {}

/**
 * Asks the policies on `realtime.messages`, with the role, the claims and the topic set as they expect. Nothing
 * that is asked stays: every transaction is rolled back.
 */
export class Authorization {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Reading is seeing a row of the topic: one is written for each extension, and looked for as the user. */
  async mayRead(listener: Listener, withPresence: boolean): Promise<Rights> {
    const ids = { broadcast: randomUUID(), presence: randomUUID() };
    let seen = new Set<string>();
    await this.#tried(async (tx) => {
      await tx`
        insert into realtime.messages (id, topic, extension, inserted_at, updated_at)
        select probe.id, ${listener.topic}, probe.extension, now(), now()
        from unnest(
          ${[ids.broadcast, ids.presence]}::uuid[], ${["broadcast", "presence"]}::text[]
        ) as probe (id, extension)
        where ${withPresence} or probe.extension = 'broadcast'`;
      await become(tx, listener);
      const rows = await tx<{ id: string }[]>`
        select id from realtime.messages where id = any (${Object.values(ids)}::uuid[])`;
      seen = new Set(rows.map(({ id }) => id));
    });
    return { broadcast: seen.has(ids.broadcast), presence: seen.has(ids.presence) };
  }

  /** Writing is being let insert such a row. */
  async mayWrite(listener: Listener, extension: Extension): Promise<boolean> {
    let allowed = true;
    await this.#tried(async (tx) => {
      await become(tx, listener);
      try {
        await tx.savepoint(
          (inner) => inner`
            insert into realtime.messages (topic, extension, inserted_at, updated_at)
            values (${listener.topic}, ${extension}, now(), now())`,
        );
      } catch (error) {
        if (!(error instanceof postgres.PostgresError) || error.code !== "42501") throw error;
        allowed = false;
      }
    });
    return allowed;
  }

  async #tried(work: (tx: TransactionSql) => Promise<void>): Promise<void> {
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

const become = (tx: TransactionSql, { claims, topic, headers }: Listener) => tx`
  select
    set_config('role', ${claims.role}, true),
    set_config('realtime.topic', ${topic}, true),
    set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
    set_config('request.jwt.claim.sub', ${claims.sub ?? ""}, true),
    set_config('request.jwt.claim.role', ${claims.role}, true),
    set_config('request.headers', ${JSON.stringify(headers)}, true)`;
