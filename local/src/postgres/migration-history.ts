import type { ReservedSql, Sql } from "postgres";
import type { Migration } from "./migration-files.ts";

/** A migration that this database has. */
export interface Applied {
  readonly version: string;
  readonly title: string;
  /** Of the file that was applied; `null` when it is unknown. */
  readonly checksum: string | null;
}

/**
 * Reads the history; creates its tables if they are missing. `schema_migrations` has the official CLI's columns.
 * Checksums are in a table beside it, because the CLI expects its own table unchanged.
 */
export async function readHistory(sql: Sql): Promise<readonly Applied[]> {
  await sql.unsafe(tables).simple();
  // A checksum belongs to the row that it was recorded with. When the CLI removed that row or wrote it again
  // (`migration repair`), the checksum is void.
  return sql<Applied[]>`
    select history.version, coalesce(history.name, '') as title, file.checksum
    from supabase_migrations.schema_migrations as history
    left join supabase_migrations.file_checksums as file
      on file.version = history.version and file.history_row = history.xmin::text
    order by history.version`;
}

const tables = `
  begin;
  -- The event triggers of migrations are not for this.
  set local event_triggers = off;
  set local role postgres;
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version text not null primary key,
    statements text[],
    name text
  );
  create table if not exists supabase_migrations.file_checksums (
    version text not null primary key,
    checksum text not null,
    history_row text not null
  );
  comment on table supabase_migrations.file_checksums is
    'SHA-256 of the migration files that were applied, to find later edits.';
  comment on column supabase_migrations.file_checksums.history_row is
    'xmin of the row of schema_migrations that the checksum belongs to.';
  commit;`;

/** Writes an applied migration to the history, in the transaction that applied it. */
export async function record(
  tx: ReservedSql,
  migration: Migration,
  statements: readonly string[],
): Promise<void> {
  await tx`
    insert into supabase_migrations.schema_migrations (version, name, statements)
    select ${migration.version}, ${migration.title}, array_agg(statement order by place)
    from jsonb_array_elements_text(${JSON.stringify(statements)}::text::jsonb)
      with ordinality as list (statement, place)`;
  await recordChecksums(tx, [migration]);
}

/** Records the checksums of files whose migrations the history has. */
export async function recordChecksums(
  sql: Sql | ReservedSql,
  migrations: readonly Pick<Migration, "version" | "checksum">[],
): Promise<void> {
  const known = migrations.map(({ version, checksum }) => ({ version, checksum }));
  await sql`
    insert into supabase_migrations.file_checksums (version, checksum, history_row)
    select version, file.checksum, history.xmin::text
    from jsonb_to_recordset(${JSON.stringify(known)}::text::jsonb) as file (version text, checksum text)
    join supabase_migrations.schema_migrations as history using (version)
    on conflict (version) do update
      set checksum = excluded.checksum, history_row = excluded.history_row`;
}
