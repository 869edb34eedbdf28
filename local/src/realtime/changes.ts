import type { Logger } from "pino";
import type { Sql } from "postgres";
import { conditionOf, type Filter, quoted, readFilters } from "./change-filters.ts";
import { readChange } from "./join-config.ts";
import type { Change } from "./replication.ts";
import { type Relation, relationOf, rendered, visible } from "./rows.ts";
import type { Claims } from "./tokens.ts";

/** How one channel is told. */
export interface Ear {
  push(payload: unknown): void;
  system(status: "ok" | "error", message: string): void;
}

interface Wish {
  readonly id: number;
  readonly event: string;
  readonly schema: string;
  readonly table: string | undefined;
  readonly filters: readonly Filter[];
  readonly select: readonly string[] | undefined;
}

export interface Plan {
  /** What the join's reply repeats, each with its number. */
  readonly accepted: readonly object[];
  readonly wishes: readonly Wish[];
  readonly refused: readonly unknown[];
}

interface Subscription {
  readonly wishes: readonly Wish[];
  readonly ear: Ear;
  claims: Claims;
}

/** Changes of tables in the publication `supabase_realtime`, for whoever may see the rows. */
export class Changes {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #begin: () => Promise<void>;
  readonly #subscriptions = new Map<object, Subscription>();
  #following: Promise<void> | undefined;
  #lastId = 0;
  /** One change after the other: what was committed first is told first. */
  #work: Promise<void> = Promise.resolve();

  /** `begin` starts following the publication; nobody pays for that until somebody listens. */
  constructor(sql: Sql, log: Logger, begin: (onChange: (change: Change) => void) => Promise<void>) {
    this.#sql = sql;
    this.#log = log;
    this.#begin = () => begin((change) => this.#take(change));
  }

  plan(said: readonly unknown[]): Plan {
    const accepted: object[] = [];
    const wishes: Wish[] = [];
    const refused: unknown[] = [];
    for (const wish of said) {
      this.#lastId += 1;
      const id = this.#lastId;
      accepted.push({ ...(wish as object), id });
      const read = readChange(wish);
      const filters = readFilters(read?.filter);
      if (read === undefined || filters === undefined) {
        refused.push(wish);
        continue;
      }
      const { event, schema = "public", table, select } = read;
      const isAll = table === undefined || table === "*";
      wishes.push({
        id,
        event,
        schema,
        table: isAll ? undefined : table,
        filters,
        select: select ?? undefined,
      });
    }
    return { accepted, wishes, refused };
  }

  async subscribe(owner: object, plan: Plan, claims: Claims, ear: Ear): Promise<void> {
    if (plan.accepted.length === 0) return;
    const refused = [...plan.refused, ...(await this.#unknown(plan.wishes))];
    if (refused.length > 0) {
      ear.system(
        "error",
        "Unable to subscribe to changes with given parameters. Please check Realtime is enabled " +
          `for the given connect parameters: ${JSON.stringify(refused)}`,
      );
      return;
    }
    this.#subscriptions.set(owner, { wishes: plan.wishes, ear, claims });
    this.#following ??= this.#begin();
    await this.#following;
    ear.system("ok", "Subscribed to PostgreSQL");
  }

  unsubscribe(owner: object): void {
    this.#subscriptions.delete(owner);
  }

  renew(owner: object, claims: Claims): void {
    const subscription = this.#subscriptions.get(owner);
    if (subscription !== undefined) subscription.claims = claims;
  }

  /** Tables that are not published, and columns that are not there. */
  async #unknown(wishes: readonly Wish[]): Promise<unknown[]> {
    const refused: unknown[] = [];
    for (const { schema, table, filters } of wishes) {
      const [published] = await this.#sql`
        select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = ${schema}
          and (${table ?? null}::text is null or tablename = ${table ?? null})
        limit 1`;
      const relation =
        table === undefined || published === undefined
          ? undefined
          : await relationOf(this.#sql, schema, table, "anon");
      const known = filters.every(({ column }) => relation?.columns.has(column));
      if (published === undefined || !known) refused.push({ schema, table, filters });
    }
    return refused;
  }

  #take(change: Change): void {
    this.#work = this.#work
      .then(() => this.#tell(change))
      .catch((error: Error) => {
        this.#log.error({ message: error.message }, "A change could not be told");
      });
  }

  async #tell(change: Change): Promise<void> {
    const { schema, table, type } = change;
    for (const { wishes, ear, claims } of [...this.#subscriptions.values()]) {
      const fits = wishes.filter(
        (wish) =>
          wish.schema === schema &&
          (wish.table === undefined || wish.table === table) &&
          (wish.event === "*" || wish.event === type),
      );
      if (fits.length === 0) continue;
      const relation = await relationOf(this.#sql, schema, table, claims.role);
      if (relation === undefined) continue;
      const met: Wish[] = [];
      for (const wish of fits) if (await this.#meets(relation, change, wish)) met.push(wish);
      if (met.length > 0) await this.#tellOne(relation, change, met, { ear, claims });
    }
  }

  async #tellOne(
    relation: Relation,
    change: Change,
    wishes: readonly Wish[],
    { ear, claims }: Pick<Subscription, "ear" | "claims">,
  ): Promise<void> {
    const { schema, table, type } = change;
    const wanted = wishes.every(({ select }) => select !== undefined)
      ? new Set(wishes.flatMap(({ select }) => select ?? []))
      : undefined;
    const columns = [...relation.columns.values()].filter(
      ({ name, selectable }) => selectable && (wanted === undefined || wanted.has(name)),
    );
    const data = (errors: string[] | null, record: unknown, old_record: unknown) => ({
      ids: wishes.map(({ id }) => id),
      data: {
        schema,
        table,
        type,
        commit_timestamp: new Date().toISOString(),
        columns: columns.map(({ name, type: said }) => ({ name, type: said })),
        record,
        old_record,
        errors,
      },
    });
    if (columns.length === 0) return ear.push(data(["Error 401: Unauthorized"], {}, {}));
    if (relation.keys.length === 0) {
      return ear.push(data(["Error 400: Bad Request, no primary key"], {}, {}));
    }
    if (type !== "DELETE" && !(await visible(this.#sql, relation, change.record, claims))) return;
    const names = columns.map(({ name }) => name);
    // Under row level security nobody can say any more who might have seen a row that is gone.
    const oldNames = relation.isSecured
      ? names.filter((name) => relation.keys.includes(name))
      : names;
    ear.push(
      data(
        null,
        type === "DELETE" ? {} : await rendered(this.#sql, relation, change.record, names),
        type === "INSERT" ? {} : await rendered(this.#sql, relation, change.old, oldNames),
      ),
    );
  }

  async #meets(relation: Relation, change: Change, { filters }: Wish): Promise<boolean> {
    if (filters.length === 0) return true;
    const row = change.type === "DELETE" ? change.old : change.record;
    const values: unknown[] = [JSON.stringify(row)];
    const condition = conditionOf(filters, (name) => relation.columns.get(name)?.sqlType, values);
    const target = `${quoted(relation.schema)}.${quoted(relation.table)}`;
    const [found] = await this.#sql.unsafe(
      `select from jsonb_populate_record(null::${target}, $1::text::jsonb) as r where ${condition}`,
      values as never[],
    );
    return found !== undefined;
  }
}
