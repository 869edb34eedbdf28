import type { Logger } from "pino";
import type { Sql } from "postgres";
import { type ChangeFilter, type ChangePlan, planChanges } from "./change-plan.ts";
import { conditionsToSql, quoteIdentifier } from "./column-conditions.ts";
import type { Change } from "./replication.ts";
import { isVisible, loadRelation, type Relation, toJson } from "./rows.ts";
import type { Claims } from "./tokens.ts";

/** Receives the changes and status messages of one channel. */
export interface ChangeListener {
  push(payload: unknown): void;
  system(status: "ok" | "error", message: string): void;
}

interface Subscription {
  readonly filters: readonly ChangeFilter[];
  readonly listener: ChangeListener;
  claims: Claims;
}

/** Sends changes of the tables in the publication `supabase_realtime` to the channels that may see the rows. */
export class Changes {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #start: () => Promise<void>;
  readonly #subscriptions = new Map<object, Subscription>();
  #started: Promise<void> | undefined;
  #lastId = 0;
  /** Sends one change after the other, in the order of their commits. */
  #queue: Promise<void> = Promise.resolve();

  /** `start` starts to follow the publication. Called for the first subscription, not before. */
  constructor(sql: Sql, log: Logger, start: (onChange: (change: Change) => void) => Promise<void>) {
    this.#sql = sql;
    this.#log = log;
    this.#start = () => start((change) => this.#enqueue(change));
  }

  plan(requested: readonly unknown[]): ChangePlan {
    return planChanges(requested, () => {
      this.#lastId += 1;
      return this.#lastId;
    });
  }

  async subscribe(
    channel: object,
    plan: ChangePlan,
    claims: Claims,
    listener: ChangeListener,
  ): Promise<void> {
    if (plan.accepted.length === 0) return;
    const invalid = [...plan.invalid, ...(await this.#findUnavailable(plan.filters))];
    if (invalid.length > 0) {
      listener.system(
        "error",
        "Unable to subscribe to changes with given parameters. Please check Realtime is enabled " +
          `for the given connect parameters: ${JSON.stringify(invalid)}`,
      );
      return;
    }
    this.#subscriptions.set(channel, { filters: plan.filters, listener, claims });
    this.#started ??= this.#start();
    await this.#started;
    listener.system("ok", "Subscribed to PostgreSQL");
  }

  unsubscribe(channel: object): void {
    this.#subscriptions.delete(channel);
  }

  setClaims(channel: object, claims: Claims): void {
    const subscription = this.#subscriptions.get(channel);
    if (subscription !== undefined) subscription.claims = claims;
  }

  /** Returns the filters whose table is not published or whose conditions name unknown columns. */
  async #findUnavailable(filters: readonly ChangeFilter[]): Promise<unknown[]> {
    const unavailable: unknown[] = [];
    for (const { schema, table, conditions } of filters) {
      const [published] = await this.#sql`
        select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = ${schema}
          and (${table ?? null}::text is null or tablename = ${table ?? null})
        limit 1`;
      const relation =
        table === undefined || published === undefined
          ? undefined
          : await loadRelation(this.#sql, schema, table, "anon");
      const hasColumns = conditions.every(({ column }) => relation?.columns.has(column));
      if (published === undefined || !hasColumns) {
        unavailable.push({ schema, table, filters: conditions });
      }
    }
    return unavailable;
  }

  #enqueue(change: Change): void {
    this.#queue = this.#queue
      .then(() => this.#dispatch(change))
      .catch((error: Error) => {
        this.#log.error({ message: error.message }, "sending a change failed");
      });
  }

  /** Sends a change to every subscription with a matching filter. */
  async #dispatch(change: Change): Promise<void> {
    const { schema, table, type } = change;
    for (const { filters, listener, claims } of [...this.#subscriptions.values()]) {
      const candidates = filters.filter(
        (filter) =>
          filter.schema === schema &&
          (filter.table === undefined || filter.table === table) &&
          (filter.event === "*" || filter.event === type),
      );
      if (candidates.length === 0) continue;
      const relation = await loadRelation(this.#sql, schema, table, claims.role);
      if (relation === undefined) continue;
      const matching: ChangeFilter[] = [];
      for (const filter of candidates) {
        if (await this.#matches(relation, change, filter)) matching.push(filter);
      }
      if (matching.length > 0) await this.#send(relation, change, matching, { listener, claims });
    }
  }

  /** Sends a change to one subscription, with the columns and rows that its user may see. */
  async #send(
    relation: Relation,
    change: Change,
    filters: readonly ChangeFilter[],
    { listener, claims }: Pick<Subscription, "listener" | "claims">,
  ): Promise<void> {
    const { schema, table, type } = change;
    const selected = filters.every(({ select }) => select !== undefined)
      ? new Set(filters.flatMap(({ select }) => select ?? []))
      : undefined;
    const columns = [...relation.columns.values()].filter(
      ({ name, selectable }) => selectable && (selected === undefined || selected.has(name)),
    );
    const message = (errors: string[] | null, record: unknown, old_record: unknown) => ({
      ids: filters.map(({ id }) => id),
      data: {
        schema,
        table,
        type,
        commit_timestamp: new Date().toISOString(),
        columns: columns.map((column) => ({ name: column.name, type: column.type })),
        record,
        old_record,
        errors,
      },
    });
    if (columns.length === 0) return listener.push(message(["Error 401: Unauthorized"], {}, {}));
    if (relation.keys.length === 0) {
      return listener.push(message(["Error 400: Bad Request, no primary key"], {}, {}));
    }
    if (type !== "DELETE" && !(await isVisible(this.#sql, relation, change.record, claims))) return;
    const names = columns.map(({ name }) => name);
    // With row level security, policies cannot be evaluated for the old row, so only its key is sent.
    const oldNames = relation.isSecured
      ? names.filter((name) => relation.keys.includes(name))
      : names;
    const record = type === "DELETE" ? {} : await toJson(this.#sql, relation, change.record, names);
    const old = type === "INSERT" ? {} : await toJson(this.#sql, relation, change.old, oldNames);
    listener.push(message(null, record, old));
  }

  /** Evaluates a filter's conditions with PostgreSQL. */
  async #matches(
    relation: Relation,
    change: Change,
    { conditions }: ChangeFilter,
  ): Promise<boolean> {
    if (conditions.length === 0) return true;
    const row = change.type === "DELETE" ? change.old : change.record;
    const values: unknown[] = [JSON.stringify(row)];
    const typeOf = (name: string) => relation.columns.get(name)?.sqlType;
    const condition = conditionsToSql(conditions, typeOf, values);
    const target = `${quoteIdentifier(relation.schema)}.${quoteIdentifier(relation.table)}`;
    const [found] = await this.#sql.unsafe(
      `select from jsonb_populate_record(null::${target}, $1::text::jsonb) as r where ${condition}`,
      values as never[],
    );
    return found !== undefined;
  }
}
