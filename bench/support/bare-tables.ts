/**
 * The floors of writes: tables with the same columns, defaults, checks and indexes as ours, without
 * triggers, foreign keys and policies.
 */
import type postgres from "postgres";

export async function makeBareTables(sql: postgres.Sql): Promise<void> {
  await removeBareTables(sql);
  await sql`create table public.bench_messages (like public.messages including all)`;
  await sql`create table public.bench_tasks (like public.tasks including all)`;
  await sql`insert into public.bench_messages select * from public.messages`;
  await sql`insert into public.bench_tasks select * from public.tasks`;
  await sql`vacuum analyze public.bench_messages, public.bench_tasks`;
}

export async function removeBareTables(sql: postgres.Sql): Promise<void> {
  await sql`drop table if exists public.bench_messages, public.bench_tasks`;
}
