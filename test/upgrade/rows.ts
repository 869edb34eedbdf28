/** What a database holds, to see after an upgrade that it still does. */
import type postgres from "postgres";

type Row = Readonly<Record<string, unknown>>;
/** Rows by table and primary key. */
export type Rows = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** Everything that people made. Queues and counters of attempts are left out: their rows come and go. */
export async function rowsIn(sql: postgres.Sql): Promise<Rows> {
  const tables = await sql<{ name: string; key: string[] }[]>`
    select c.oid::regclass::text as name, array_agg(a.attname::text order by a.attnum) as key
    from pg_class as c
    join pg_index as i on i.indrelid = c.oid and i.indisprimary
    join pg_attribute as a on a.attrelid = c.oid and a.attnum = any (i.indkey)
    where c.relkind = 'r' and (
      c.relnamespace = 'public'::regnamespace
      or c.oid in ('private.notifications'::regclass, 'auth.users'::regclass)
    )
    group by c.oid`;
  const found = new Map<string, ReadonlyMap<string, Row>>();
  for (const { name, key } of tables) {
    const rows = await sql.unsafe<{ row: Row }[]>(`select to_jsonb(t) as row from ${name} as t`);
    const keyOf = (row: Row) => key.map((column) => String(row[column])).join(" ");
    found.set(name, new Map(rows.map(({ row }) => [keyOf(row), row])));
  }
  return found;
}

/** A line for each table, row and value that an upgrade has lost or changed. */
export function losses(before: Rows, after: Rows): readonly string[] {
  const lines: string[] = [];
  for (const [table, rows] of before) {
    const kept = after.get(table);
    if (kept === undefined) lines.push(`${table} is gone`);
    for (const [key, row] of rows) {
      const now = kept?.get(key);
      if (kept !== undefined && now === undefined) lines.push(`${table} ${key} is gone`);
      if (now === undefined) continue;
      for (const [column, value] of Object.entries(row)) {
        if (JSON.stringify(now[column]) === JSON.stringify(value)) continue;
        lines.push(`${table} ${key}: ${column} was ${JSON.stringify(value)}`);
      }
    }
  }
  return lines;
}

export const rowCount = (rows: Rows): number =>
  [...rows.values()].reduce((sum, { size }) => sum + size, 0);
