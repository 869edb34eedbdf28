import type { TransactionSql } from "postgres";
import type { Statement } from "./attempt.ts";
import type { AccessWorld, Persona } from "./world.ts";

export type Verb = "select" | "insert" | "update" | "delete";

export interface Rule {
  readonly table: string;
  /** Which row or column it is about, because a table can have several rules for a verb. */
  readonly what: string;
  readonly verb: Verb;
  readonly allowed: readonly Persona[];
  readonly statement: (world: AccessWorld, persona: Persona) => Statement;
}

type Values = Readonly<Record<string, string | number | boolean | Date | null>>;
type ValuesFor = Values | ((world: AccessWorld, persona: Persona) => Values);
/** A rule that does not know its table yet, nor the row that it is about if it names none. */
type Draft = (table: string, row: ValuesFor) => Rule;

export const signedIn = [
  "creator",
  "other creator",
  "member",
  "assignee",
  "removed member",
  "stranger",
] as const;
export const everyone = [...signedIn, "anon"] as const;
/** Who works on the project today. */
export const team = ["creator", "member", "assignee"] as const;
/** The two users of the deliverable and the conversation. */
export const participants = ["creator", "assignee"] as const;

/** The persona's own account. Visitors try with another user's. */
export const self = (world: AccessWorld, persona: Persona): string =>
  persona === "anon" ? world.ids.stranger : world.ids[persona];

const resolved = (values: ValuesFor, world: AccessWorld, persona: Persona): Values =>
  typeof values === "function" ? values(world, persona) : values;

/** The condition that all of these columns have these values. */
const matching = (sql: TransactionSql, row: Values) =>
  Object.entries(row).reduce(
    (sum, [column, value]) => sql`${sum} and ${sql(column)} = ${value}`,
    sql`true`,
  );

export const select =
  (what: string, allowed: readonly Persona[], column: string, where?: ValuesFor): Draft =>
  (table, row) => ({
    table,
    what,
    verb: "select",
    allowed,
    statement: (world, persona) => (sql) =>
      sql`select ${sql(column)} from public.${sql(table)}
        where ${matching(sql, resolved(where ?? row, world, persona))}`,
  });

export const insert =
  (what: string, allowed: readonly Persona[], values: ValuesFor): Draft =>
  (table) => ({
    table,
    what,
    verb: "insert",
    allowed,
    statement: (world, persona) => (sql) =>
      sql`insert into public.${sql(table)} ${sql(resolved(values, world, persona))}`,
  });

export const update =
  (what: string, allowed: readonly Persona[], values: ValuesFor, where?: ValuesFor): Draft =>
  (table, row) => ({
    table,
    what,
    verb: "update",
    allowed,
    statement: (world, persona) => (sql) =>
      sql`update public.${sql(table)} set ${sql(resolved(values, world, persona))}
        where ${matching(sql, resolved(where ?? row, world, persona))}`,
  });

export const remove =
  (what: string, allowed: readonly Persona[], where?: ValuesFor): Draft =>
  (table, row) => ({
    table,
    what,
    verb: "delete",
    allowed,
    statement: (world, persona) => (sql) =>
      sql`delete from public.${sql(table)}
        where ${matching(sql, resolved(where ?? row, world, persona))}`,
  });

/** What no persona may do. */
export const forbidden = {
  insert: (what: string, values: ValuesFor): Draft => insert(what, [], values),
  update: (what: string, values: ValuesFor, where?: ValuesFor): Draft =>
    update(what, [], values, where),
  remove: (what = "a row", where?: ValuesFor): Draft => remove(what, [], where),
} as const;

/** The rules of one table. `row` is the row that they are about unless they name another one. */
export const rulesOf = (table: string, row: ValuesFor, ...drafts: readonly Draft[]): Rule[] =>
  drafts.map((draft) => draft(table, row));
