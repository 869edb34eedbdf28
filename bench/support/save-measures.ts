/**
 * Measures how many profiles eight writers save per second, against a table with the same rows, rules and the
 * indexes that such a search usually has: trigrams, full text, skills and sort orders.
 */
import type postgres from "postgres";
import { randomOf } from "../../test/world/random.ts";
import { tradeWords } from "../data/vocabulary.ts";
import type { Measured } from "./ratios.ts";

const writers = 8;

async function makeTextbook(sql: postgres.Sql, rows: number): Promise<void> {
  await sql`create extension if not exists pg_trgm with schema extensions`;
  await sql`drop table if exists public.bench_textbook`;
  await sql`
    create table public.bench_textbook (like public.profiles including defaults including constraints)`;
  await sql`
    insert into public.bench_textbook
    select * from public.profiles
    where user_type = 'talent' and deleted_at is null
    order by created_at
    limit ${rows}`;
  await sql`alter table public.bench_textbook add primary key (id)`;
  await sql`
    create index on public.bench_textbook using gin (
      (name || ' ' || coalesce(professional_title, '') || ' ' || coalesce(bio, ''))
      extensions.gin_trgm_ops
    )`;
  await sql`
    create index on public.bench_textbook using gin (
      (setweight(to_tsvector('simple', name || ' ' || coalesce(professional_title, '')), 'A')
        || setweight(to_tsvector('simple', coalesce(bio, '')), 'D'))
    )`;
  await sql`create index on public.bench_textbook using gin (skills)`;
  await sql`create index on public.bench_textbook (hourly_rate)`;
  await sql`create index on public.bench_textbook (average_rating desc nulls last, created_at desc)`;
  await sql`create index on public.bench_textbook (created_at desc)`;
  for (const [name, when, task] of [
    ["_100_normalise", "before insert or update", "normalise"],
    ["_200_validate", "before insert or update", "validate"],
  ] as const) {
    await sql.unsafe(
      `create trigger ${name} ${when} on public.bench_textbook for each row execute function private.tg_profiles__${task}()`,
    );
  }
  await sql`analyze public.bench_textbook`;
}

/** Saves per second of random profiles. */
async function savesPerSecond(
  sql: postgres.Sql,
  table: string,
  ids: readonly string[],
  seconds: number,
  seed: number,
): Promise<number> {
  const ends = performance.now() + seconds * 1000;
  const counts = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const random = randomOf(seed * writers + writer);
      let count = 0;
      while (performance.now() < ends) {
        const bio = random.some(tradeWords, 15, 30).join(" ");
        await sql`
          update ${sql(table)} set bio = ${bio}, hourly_rate = ${5 + random.below(400)}
          where id = ${random.one(ids) ?? null}`;
        count += 1;
      }
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

/** S9: a ratio of times, so the goal of 0.8 times the saves is 1 / 0.8 of the time. */
export async function measureSaves(
  sql: postgres.Sql,
  {
    rounds,
    seconds,
    rows,
  }: { readonly rounds: number; readonly seconds: number; readonly rows: number },
): Promise<Measured> {
  await makeTextbook(sql, rows);
  const ids = (await sql<{ id: string }[]>`select id from public.bench_textbook`).map(
    ({ id }) => id,
  );
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const textbook = await savesPerSecond(sql, "bench_textbook", ids, seconds, round);
    const own = await savesPerSecond(sql, "profiles", ids, seconds, round);
    ratios.push(textbook / own);
    times.push(1000 / own);
    await sql`select private.merge_search_changes()`;
  }
  await sql`drop table public.bench_textbook`;
  return { name: "S9 save, 8 writers", goal: 1 / 0.8, ratios, times };
}
