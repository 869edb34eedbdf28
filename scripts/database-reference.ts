/** docs/database.md: the tables and functions that apps reach, from their comments in the database. */
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import type { GeneratedFile } from "./error-codes.ts";
import { root } from "./root.ts";

interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly comment: string | null;
  /** The verbs that a signed-in user is granted on it, one letter each. */
  readonly grants: string;
}

interface Table {
  readonly name: string;
  readonly isView: boolean;
  readonly comment: string | null;
  readonly canDelete: boolean;
  readonly columns: readonly Column[];
}

interface Operation {
  readonly name: string;
  readonly arguments: string;
  readonly comment: string | null;
}

const intro = `# Database

The tables and views of \`public\` and the functions of \`api\`: what apps reach under row-level security, with supabase-js or plain PostgREST. This page is
generated from the comments in the database by \`npm run types\`. [Who may read and change which rows](access-matrix.md) ·
[diagrams](architecture.md#the-tables) · [with supabase-js](guides/supabase-js.md)`;

export async function databaseReference(databaseUrl: string): Promise<GeneratedFile> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const [tables, operations] = [await readTables(sql), await readOperations(sql)];
    const content = [
      intro,
      "## Tables",
      "The last column shows what a signed-in user is granted: **r**ead, **i**nsert, **u**pdate. Everything else is changed by functions and triggers.",
      ...tables.map(sectionOf),
      "## Functions",
      'Call them with `supabase.schema("api").rpc(name, arguments)`, or with `POST /rest/v1/rpc/<name>` and the header `Content-Profile: api`. They return the documented JSON.',
      ...operations.map(operationOf),
    ].join("\n\n");
    return { path: join(root, "docs/database.md"), content: `${content}\n` };
  } finally {
    await sql.end();
  }
}

const readTables = (sql: Sql) => sql<Table[]>`
  select
    c.relname as name,
    c.relkind = 'v' as "isView",
    obj_description(c.oid, 'pg_class') as comment,
    has_table_privilege('authenticated', c.oid, 'delete') as "canDelete",
    (
      select json_agg(json_build_object(
        'name', a.attname,
        'type', format_type(a.atttypid, a.atttypmod),
        'required', a.attnotnull,
        'comment', col_description(c.oid, a.attnum),
        'grants', concat(
          case when has_column_privilege('authenticated', c.oid, a.attnum, 'select') then 'r' end,
          case when has_column_privilege('authenticated', c.oid, a.attnum, 'insert') then 'i' end,
          case when has_column_privilege('authenticated', c.oid, a.attnum, 'update') then 'u' end
        )
      ) order by a.attnum)
      from pg_attribute as a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ) as columns
  from pg_class as c
  where c.relnamespace = 'public'::regnamespace
    and c.relkind in ('r', 'p', 'v')
    and not c.relispartition
    and has_any_column_privilege('authenticated', c.oid, 'select')
  order by c.relname collate "C"`;

const readOperations = (sql: Sql) => sql<Operation[]>`
  select
    p.proname as name,
    pg_get_function_arguments(p.oid) as arguments,
    obj_description(p.oid, 'pg_proc') as comment
  from pg_proc as p
  where p.pronamespace = 'api'::regnamespace
    and has_function_privilege('authenticated', p.oid, 'execute')
  order by p.proname collate "C", pg_get_function_arguments(p.oid) collate "C"`;

function sectionOf({ name, isView, comment, canDelete, columns }: Table): string {
  const rows = columns.map(
    (column) =>
      `| \`${column.name}\` | ${column.type}${column.required || isView ? "" : "?"} | ${cell(column.comment)} | ${column.grants || "–"} |`,
  );
  const head = ["| column | type | meaning | granted |", "|---|---|---|---|"];
  const after = canDelete && !isView ? ["Rows can be deleted where a policy allows it."] : [];
  return [
    `### ${name}`,
    ...(comment === null ? [] : [escaped(comment)]),
    [...head, ...rows].join("\n"),
    ...after,
  ].join("\n\n");
}

function operationOf({ name, arguments: args, comment }: Operation): string {
  // One argument a line, as many as there are.
  const list = args.replace(/ DEFAULT NULL::\w+/g, "").replace(/, (?=(?:\w+|"\w+") \w)/g, ",\n  ");
  const call = args === "" ? `api.${name}()` : `api.${name}(\n  ${list}\n)`;
  return [
    `### ${name}`,
    ...(comment === null ? [] : [escaped(comment)]),
    `\`\`\`sql\n${call}\n\`\`\``,
  ].join("\n\n");
}

/** Comments are plain text, with code in backquotes. Who may call a function, and its errors, begin lines of their own. */
const escaped = (text: string): string =>
  text
    .replace(/\n(?=(?:Requires|Errors): )/g, "\n\n")
    .replace(/[<>[\]](?![^`]*`)/g, (sign) => signs[sign] ?? sign);

const signs: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "[": "\\[",
  "]": "\\]",
};

const cell = (text: string | null): string =>
  escaped(text ?? "")
    .replaceAll("|", "\\|")
    .replace(/\s*\n\s*/g, " ");
