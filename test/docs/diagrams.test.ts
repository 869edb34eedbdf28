/** The diagrams of docs/architecture.md against the database. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openDatabase } from "../world/stack.ts";
import { diagrams, type Relation, readEntities } from "./mermaid.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/architecture.md"), "utf8");
const read = diagrams(page, "erDiagram").map(readEntities);
const entities = new Map(read.flatMap(({ entities: some }) => [...some]));
const relations = read.flatMap(({ relations: some }) => some);

const sql = openDatabase();
afterAll(() => sql.end());

const sorted = (list: Iterable<unknown>) => [...list].map((one) => JSON.stringify(one)).sort();

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly keys: readonly string[];
}

const columns = await sql<ColumnRow[]>`
  select
    c.relname as table, a.attname as name,
    case format_type(a.atttypid, null)
      when 'timestamp with time zone' then 'timestamptz'
      else format_type(a.atttypid, null)
    end as type,
    array_remove(array[
      case when exists (
        select from pg_constraint as k
        where k.conrelid = c.oid and k.contype = 'p' and a.attnum = any (k.conkey)
      ) then 'PK' end,
      case when exists (
        select from pg_constraint as k
        join pg_class as parent on parent.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey)
          and parent.relnamespace = 'public'::regnamespace
      ) then 'FK' end
    ], null) as keys
  from pg_class as c
  join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    -- What public shows of it is a view.
    or c.oid = 'private.notifications'::regclass`;

/** A child is unique when an index without conditions holds exactly the columns of the key. */
const foreignKeys = await sql<Relation[]>`
  select
    parent.relname as parent, child.relname as child, key.columns,
    not bool_and(a.attnotnull) as "isOptional",
    exists (
      select from pg_index as i
      where i.indrelid = child.oid and i.indisunique and i.indpred is null
        and array(select unnest(i.indkey::smallint[]) order by 1)
          = array(select unnest(k.conkey) order by 1)
    ) as "isUnique"
  from pg_constraint as k
  join pg_class as child on child.oid = k.conrelid
  join pg_class as parent on parent.oid = k.confrelid
  join pg_attribute as a on a.attrelid = child.oid and a.attnum = any (k.conkey)
  cross join lateral (
    select array_agg(named.attname::text order by place) as columns
    from unnest(k.conkey) with ordinality as part (attnum, place)
    join pg_attribute as named on named.attrelid = child.oid and named.attnum = part.attnum
  ) as key
  where k.contype = 'f'
    and (
      child.relnamespace = 'public'::regnamespace
      or child.oid = 'private.notifications'::regclass
    )
    and parent.relnamespace = 'public'::regnamespace
  group by k.oid, k.conkey, parent.relname, child.relname, child.oid, key.columns`;

describe("the entity diagrams", () => {
  test("show every table of public once", () => {
    const shown = read.flatMap(({ entities: some }) => [...some.keys()]);
    expect(shown.sort()).toEqual([...new Set(columns.map(({ table }) => table))].sort());
  });

  test("show every foreign key with its columns, and whether it can be null or is unique", () => {
    expect(sorted(relations)).toEqual(sorted(foreignKeys.map((key) => ({ ...key }))));
  });

  test("name columns that exist, with their types", () => {
    for (const [table, shown] of entities) {
      const known = columns.filter((column) => column.table === table);
      for (const { name, type } of shown) {
        const column = known.find((one) => one.name === name);
        expect({ table, name, type: column?.type }).toEqual({ table, name, type });
      }
    }
  });

  test("mark exactly the columns of primary and foreign keys", () => {
    for (const [table, shown] of entities) {
      const marked = shown.filter(({ keys }) => keys.length > 0);
      const keys = columns.filter((column) => column.table === table && column.keys.length > 0);
      expect([table, ...sorted(marked.map(({ name, keys: of }) => [name, ...of]))]).toEqual([
        table,
        ...sorted(keys.map(({ name, keys: of }) => [name, ...of])),
      ]);
    }
  });
});

test("the sequence diagram names functions of the database that exist", async () => {
  const named = new Set(
    diagrams(page, "sequenceDiagram")
      .flat()
      .flatMap((line) => line.match(/\b(?:api|private)\.\w+/g) ?? []),
  );
  const rows = await sql<{ name: string }[]>`
    select n.nspname || '.' || p.proname as name
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    union select n.nspname || '.' || c.relname
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace`;
  const known = new Set(rows.map(({ name }) => name));
  expect(named.size).toBeGreaterThan(0);
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});
