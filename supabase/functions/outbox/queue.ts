import type { Sql } from "../_shared/database.ts";
import type { QueuedMail } from "./mail.ts";

/** The outbox in the database. A claimed mail is hidden from other workers until its result is reported. */
export interface Queue {
  claim(limit: number): Promise<readonly QueuedMail[]>;
  sent(id: string): Promise<void>;
  /** The database decides whether and when it is tried again. */
  failed(id: string, reason: string): Promise<void>;
}

export const databaseQueue = (sql: Sql): Queue => ({
  claim: (limit) =>
    sql<QueuedMail[]>`select id, kind, recipient, payload, idempotency_key as "idempotencyKey"
      from private.claim_mail(${limit})`,
  sent: async (id) => {
    await sql`select private.mail_sent(${id})`;
  },
  failed: async (id, reason) => {
    await sql`select private.mail_failed(${id}, ${reason})`;
  },
});
