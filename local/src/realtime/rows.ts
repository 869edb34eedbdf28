import { setTimeout as pause } from "node:timers/promises";
import type { Sql } from "postgres";
import { quoteIdentifier } from "./column-conditions.ts";
import type { Claims } from "./tokens.ts";

interface Column {
  readonly name: string;
  /** Type name as clients receive it, such as `int8`. */
  readonly type: string;
  /** Type name for casts, such as `bigint` or `numeric(10,2)`. */
  readonly sqlType: string;
  readonly selectable: boolean;
}

/** A table, with the columns that one role can select. */
export interface Relation {
  readonly schema: string;
  readonly table: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly keys: readonly string[];
  readonly isSecured: boolean;
}

type Row = Readonly<Record<string, unknown>>;

export async function loadRelation(
  sql: Sql,
  schema: string,
  table: string,
  role: string,
): Promise<Relation | undefined> {
  const rows = await sql<(Column & { isKey: boolean; isSecured: boolean })[]>`
    select
      a.attname as name,
      t.typname as type,
      format_type(a.atttypid, a.atttypmod) as "sqlType",
      has_column_privilege(${role}, c.oid, a.attnum, 'select') as selectable,
      coalesce(a.attnum = any (i.indkey), false) as "isKey",
      c.relrowsecurity as "isSecured"
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as t on t.oid = a.atttypid
    left join pg_index as i on i.indrelid = c.oid and i.indisprimary
    where n.nspname = ${schema} and c.relname = ${table}
    order by a.attnum`;
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    schema,
    table,
    columns: new Map(rows.map((column) => [column.name, column])),
    keys: rows.filter(({ isKey }) => isKey).map(({ name }) => name),
    isSecured: first.isSecured,
  };
}

const targetOf = ({ schema, table }: Relation) =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;

const attempts = 10;
/** Milliseconds between two attempts. */
const retryInterval = 20;

/**
 * Whether the policies let a user select a row. Replication can deliver a change slightly before its commit is
 * visible to other transactions, so a missing row is looked up again for a short time.
 */
export async function isVisible(
  sql: Sql,
  relation: Relation,
  row: Row,
  claims: Claims,
): Promise<boolean> {
  if (!relation.isSecured) return true;
  for (let attempt = 1; ; attempt += 1) {
    const result = await findRow(sql, relation, row, claims);
    if (result !== "missing" || attempt === attempts) return result === "visible";
    await pause(retryInterval);
  }
}

/** Looks a row up by its primary key, first as the service, then as the user. */
function findRow(
  sql: Sql,
  relation: Relation,
  row: Row,
  claims: Claims,
): Promise<"missing" | "hidden" | "visible"> {
  const same = relation.keys
    .map((key) => `t.${quoteIdentifier(key)} = r.${quoteIdentifier(key)}`)
    .join(" and ");
  const query = `select from ${targetOf(relation)} as t,
    jsonb_populate_record(null::${targetOf(relation)}, $1::text::jsonb) as r where ${same}`;
  const values = [JSON.stringify(row)];
  return sql.begin(async (tx) => {
    if ((await tx.unsafe(query, values)).length === 0) return "missing";
    await tx`select
      set_config('role', ${claims.role}, true),
      set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
      set_config('request.jwt.claim.sub', ${claims.sub ?? ""}, true),
      set_config('request.jwt.claim.role', ${claims.role}, true)`;
    return (await tx.unsafe(query, values)).length === 0 ? "hidden" : "visible";
  }) as Promise<"missing" | "hidden" | "visible">;
}

/** Returns some columns of a row in PostgreSQL's JSON format. */
export async function toJson(
  sql: Sql,
  relation: Relation,
  row: Row,
  names: readonly string[],
): Promise<unknown> {
  const present = names.filter((name) => row[name] !== undefined);
  if (present.length === 0) return {};
  const list = present.map((name) => `r.${quoteIdentifier(name)}`).join(", ");
  const [result] = await sql.unsafe(
    `select to_jsonb(x) as row from (select ${list}
      from jsonb_populate_record(null::${targetOf(relation)}, $1::text::jsonb) as r) as x`,
    [JSON.stringify(row)],
  );
  return result?.row ?? {};
}
