import type postgres from "postgres";
import type { Person } from "./people.ts";

/** What one statement read of one table, with all functions, policies and triggers that ran inside it. */
export interface TableReads {
  readonly table: string;
  readonly sequentialScans: number;
  /** Rows of sequential scans and entries of index scans, before any filter. */
  readonly rows: number;
}

export interface Reads {
  /** The rows of the answer; for an operation, the objects in its JSON. */
  readonly returned: number;
  readonly tables: readonly TableReads[];
}

/** A statement as the person sends it. Counts `returned` itself, as the one value of its one row. */
export interface Statement {
  readonly text: string;
  readonly parameters?: readonly (string | null)[];
}

/** Of a table, its rows. */
export const rowsOf = (select: string): Statement => ({
  text: `select count(*)::int as returned from (${select}) as answer`,
});

/** Of an operation, the objects in its answer at any depth. */
export const callOf = (call: string): Statement => ({
  text: `select (
      select count(*)::int from jsonb_path_query(answer, 'lax $.**') as part
      where jsonb_typeof(part) = 'object'
    ) as returned
    from (select (${call})::jsonb as answer offset 0) as called`,
});

/**
 * The counters of the transaction. They know what statements inside functions read, which EXPLAIN does not
 * show; their numbers come from the plan and the rows, so they are the same in every run.
 */
const counters = (tx: postgres.TransactionSql) => tx<
  { table: string; scans: number; rows: number }[]
>`
  select
    c.oid::regclass::text as table,
    pg_stat_get_xact_numscans(c.oid)::int as scans,
    (
      pg_stat_get_xact_tuples_returned(c.oid) + coalesce((
        select sum(pg_stat_get_xact_tuples_returned(i.indexrelid))
        from pg_index as i
        where i.indrelid = c.oid
      ), 0)
    )::int as rows
  from pg_class as c
  where c.relkind = 'r'
    and c.relnamespace in (
      'public'::regnamespace, 'private'::regnamespace, 'auth'::regnamespace, 'storage'::regnamespace
    )`;

/** As which plans the statements inside of functions run: both happen, as connections live long. */
export const planModes = ["force_custom_plan", "force_generic_plan"] as const;

/** Runs the statement as the person and takes back what it did. Call it in a transaction. */
export async function readsOf(
  tx: postgres.TransactionSql,
  person: Person,
  statement: Statement,
  planMode: (typeof planModes)[number] = "force_custom_plan",
): Promise<Reads> {
  // What parallel workers read would not be counted here.
  await tx.unsafe(`
    set local max_parallel_workers_per_gather = 0;
    set local plan_cache_mode = ${planMode};
  `);
  const before = await counters(tx);
  await tx`select set_config('request.jwt.claims', ${JSON.stringify(person.claims)}, true)`;
  await tx.unsafe("set local role authenticated");
  const [answer] = await tx.unsafe<{ returned: number }[]>(
    statement.text,
    statement.parameters as string[] | undefined,
  );
  await tx.unsafe("reset role");
  const after = await counters(tx);

  const earlier = new Map(before.map((row) => [row.table, row]));
  const tables = after
    .map(({ table, scans, rows }) => ({
      table,
      sequentialScans: scans - (earlier.get(table)?.scans ?? 0),
      rows: rows - (earlier.get(table)?.rows ?? 0),
    }))
    .filter(({ sequentialScans, rows }) => sequentialScans > 0 || rows > 0);
  return { returned: answer?.returned ?? 0, tables };
}

/** The size of the sets with which conditions compare: teams and conversations of the person of `readsOf`. */
export async function setsOf(tx: postgres.TransactionSql): Promise<number> {
  const [row] = await tx<{ sets: number }[]>`
    select (select count(*) from private.my_team_project_ids())::int
      + (select count(*) from private.my_conversation_ids())::int as sets`;
  return row?.sets ?? 0;
}
