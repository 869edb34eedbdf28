/**
 * Talents for benchmarks: the same in every run, and the first 10,000 of a million are the same as
 * ten thousand. Some letters have accents, some rates have cents, a third has no rating.
 */
import { once } from "node:events";
import type postgres from "postgres";
import { randomOf } from "../../test/model/random.ts";
import {
  byFrequency,
  inventedNames,
  inventedWords,
  levels,
  titles,
  tradeWords,
} from "./vocabulary.ts";

const availabilities = [
  "available_now",
  "available_1_2_weeks",
  "available_2_4_weeks",
  "not_available",
] as const;

/** One talent as a line of COPY's text format: no value contains a tab, a line break or a backslash. */
function* lines(count: number, skillNames: readonly string[]): Generator<string> {
  const random = randomOf(20261129);
  const firstNames = inventedNames(random, 2_000, 2);
  const surnames = inventedNames(random, 8_000, 3);
  const words = [...tradeWords, ...inventedWords(random, 40_000, 3)];
  const title = byFrequency(random, titles, 3);
  const word = byFrequency(random, words, 12);
  const skill = byFrequency(random, skillNames, 8);
  const share = () => random.below(1_000_000) / 1_000_000;
  const normal = () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());

  for (let n = 0; n < count; n += 1) {
    const name = `${random.one(firstNames)} ${random.one(surnames)}`;
    const bio = Array.from({ length: 20 + random.below(60) }, word)
      .join(" ")
      .slice(0, 490);
    const skills = new Set(Array.from({ length: 1 + random.below(8) }, skill));
    const dollars = Math.min(500, Math.max(5, Math.exp(3.9 + 0.55 * normal())));
    const kind = share();
    const rate =
      kind < 0.7 ? Math.round(dollars) : kind < 0.9 ? Math.floor(dollars) + 0.5 : dollars;
    const reviews = share() < 0.35 ? 0 : 1 + random.below(40);
    const rating = Math.min(5, Math.max(1, 4.4 + 0.5 * normal()));
    yield [
      n,
      share() < 0.03 ? name.replace("e", "é") : name,
      `${random.one(levels)} ${title()}`.trim(),
      share() < 0.92 ? bio : "\\N",
      `{${[...skills].map((chosen) => `"${chosen}"`).join(",")}}`,
      share() < 0.95 ? Math.min(500, rate).toFixed(2) : "\\N",
      random.one(availabilities),
      reviews === 0 ? "\\N" : rating.toFixed(1),
      reviews,
    ].join("\t");
  }
}

/** Creates `count` talents and builds the search index. They cannot sign in. */
export async function loadTalents(sql: postgres.Sql, count: number): Promise<void> {
  const skills = await sql<{ name: string }[]>`select name from public.skills order by name`;
  const connection = await sql.reserve();
  try {
    await connection`
      create temp table bench_talents (
        n integer primary key, name text, title text, bio text, skills text[], rate numeric(6, 2),
        availability text, rating numeric(2, 1), reviews integer
      )`;
    const copy = await connection`copy bench_talents from stdin`.writable();
    for (const line of lines(
      count,
      skills.map(({ name }) => name),
    )) {
      if (!copy.write(`${line}\n`)) await once(copy, "drain");
    }
    copy.end();
    await once(copy, "finish");
    // Rules of profiles hold for these rows, so nothing is normalised and validated a million times.
    await connection`alter table public.profiles disable trigger user`;
    await connection`
      insert into auth.users (id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
      select
        md5('talent ' || n)::uuid, '00000000-0000-0000-0000-000000000000', 'authenticated',
        'authenticated', 'talent' || n || '@bench.example', '{}',
        jsonb_build_object('name', name, 'userType', 'talent'),
        timestamptz '2024-01-01' + n * interval '80 seconds', now()
      from bench_talents`;
    await connection`
      update public.profiles as p
      set
        professional_title = b.title, bio = b.bio, skills = b.skills, hourly_rate = b.rate,
        availability = b.availability, average_rating = b.rating, total_reviews = b.reviews
      from bench_talents as b
      where p.id = md5('talent ' || b.n)::uuid`;
    await connection`alter table public.profiles enable trigger user`;
    await connection`drop table bench_talents`;
    await connection`select private.rebuild_search_index(true)`;
    await connection`analyze`;
  } finally {
    connection.release();
  }
}
