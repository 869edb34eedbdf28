import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Part, PartHealth } from "../parts.ts";
import { connect } from "../postgres/connect.ts";
import type { Settings } from "../settings.ts";
import { Listener } from "./listener.ts";
import { type Outcome, type QueuedRequest, send } from "./send.ts";

const minute = 60_000;

/**
 * Sends the requests of `net.http_request_queue`. A request is removed from the queue before it is sent, so it is
 * sent at most once. There are no retries, as in pg_net.
 */
export class NetRunner implements Part {
  readonly name = "net";
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #listener: Listener;
  readonly #abort = new AbortController();
  readonly #inProgress = new Set<Promise<void>>();
  #sql: Sql | undefined;
  #draining: Promise<void> | undefined;
  #hasMore = false;
  #expiry: NodeJS.Timeout | undefined;

  constructor(settings: Settings, log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#listener = new Listener(settings, "net_http", () => this.#drain());
  }

  async start(): Promise<void> {
    this.#sql = connect(this.#settings, "supabase_admin", 2);
    await this.#listener.start();
    this.#expiry = setInterval(() => {
      this.#deleteExpired().catch((error) =>
        this.#log.error(error, "deleting expired responses failed"),
      );
    }, minute);
    this.#expiry.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#expiry);
    await this.#listener.stop();
    await this.#draining;
    this.#abort.abort();
    await Promise.all(this.#inProgress);
    await this.#sql?.end({ timeout: 1 }).catch(() => undefined);
  }

  health(): PartHealth {
    return this.#listener.health();
  }

  #drain(): void {
    if (this.#draining !== undefined) {
      this.#hasMore = true;
      return;
    }
    this.#hasMore = false;
    this.#draining = this.#sendAll()
      .catch((error) => this.#log.error(error, "reading net.http_request_queue failed"))
      .finally(() => {
        this.#draining = undefined;
        if (this.#hasMore && !this.#abort.signal.aborted) this.#drain();
      });
  }

  async #sendAll(): Promise<void> {
    const sql = this.#sql;
    if (sql === undefined || !(await isInstalled(sql))) return;
    for (let batch = await claim(sql); batch.length > 0; batch = await claim(sql)) {
      for (const request of batch) {
        const work = this.#send(sql, request).finally(() => this.#inProgress.delete(work));
        this.#inProgress.add(work);
      }
      // Slow hosts do not block the queue until 200 requests are in progress.
      while (this.#inProgress.size >= 200) await Promise.race(this.#inProgress);
    }
  }

  async #send(sql: Sql, request: QueuedRequest): Promise<void> {
    const outcome = await send(request, this.#abort.signal);
    const { status, timedOut, error } = outcome;
    this.#log.info(
      { id: request.id, method: request.method, status, timedOut, error },
      "request sent",
    );
    await store(sql, request.id, outcome).catch((problem) =>
      this.#log.error(problem, "storing a response failed"),
    );
  }

  async #deleteExpired(): Promise<void> {
    const sql = this.#sql;
    if (sql === undefined || !(await isInstalled(sql))) return;
    await sql`
      delete from net._http_response
      where created < now()
        - coalesce(nullif(current_setting('pg_net.ttl', true), ''), '6 hours')::interval`;
  }
}

async function isInstalled(sql: Sql): Promise<boolean> {
  const [extension] = await sql`select from pg_extension where extname = 'pg_net'`;
  return extension !== undefined;
}

const claim = (sql: Sql): Promise<readonly QueuedRequest[]> => sql<QueuedRequest[]>`
  delete from net.http_request_queue
  where id in (
    select id from net.http_request_queue
    order by id
    limit coalesce(nullif(current_setting('pg_net.batch_size', true), '')::integer, 200)
    for update skip locked
  )
  returning id, method, url, headers, body, timeout_milliseconds as "timeoutMs"`;

async function store(sql: Sql, id: string, outcome: Outcome): Promise<void> {
  await sql`
    insert into net._http_response
      (id, status_code, content_type, headers, content, timed_out, error_msg)
    values (${id}, ${outcome.status}, ${outcome.headers?.["content-type"] ?? null},
      ${outcome.headers === null ? null : JSON.stringify(outcome.headers)}::text::jsonb,
      ${outcome.content}, ${outcome.timedOut}, ${outcome.error})`;
}
