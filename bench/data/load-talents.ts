/** Puts many talents into the database, faster than sign-ups would. */
import { once } from "node:events";
import type postgres from "postgres";
import { withoutTriggers } from "./without-triggers.ts";

export interface LoadedTalent {
  readonly name: string;
  readonly title: string | null;
  readonly bio: string | null;
  readonly skills: readonly string[];
  /** With two decimals. */
  readonly rate: string | null;
  readonly availability: string | null;
  /** With one decimal; null without reviews. */
  readonly rating: string | null;
  readonly reviews: number;
}

/** A line of COPY's text format. Values contain no tab, line break or backslash. */
function lineOf(talent: LoadedTalent, n: number): string {
  const { name, title, bio, skills, rate, availability, rating, reviews } = talent;
  const list = `{${skills.map((skill) => `"${skill}"`).join(",")}}`;
  const values = [n, name, title, bio, list, rate, availability, rating, reviews];
  return `${values.map((value) => value ?? "\\N").join("\t")}\n`;
}

/**
 * Creates talents and makes them searchable. They cannot sign in; their addresses end with
 * @bench.example. Ids and times follow from their place in the list.
 */
export async function loadTalents(
  sql: postgres.Sql,
  talents: Iterable<LoadedTalent>,
  leastForBitmaps: number | null = null,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      create temp table loaded_talents (
        n integer primary key, name text, title text, bio text, skills text[], rate numeric(6, 2),
        availability text, rating numeric(2, 1), reviews integer
      ) on commit drop`;
    const copy = await tx`copy loaded_talents from stdin`.writable();
    let n = 0;
    for (const talent of talents) {
      if (!copy.write(lineOf(talent, n))) await once(copy, "drain");
      n += 1;
    }
    copy.end();
    await once(copy, "finish");
    await withoutTriggers(tx, ["public.profiles"], async () => {
      await tx`
        insert into auth.users (
          id, instance_id, aud, role, email, email_confirmed_at, raw_app_meta_data,
          raw_user_meta_data, created_at, updated_at
        )
        select
          md5('talent ' || n)::uuid, '00000000-0000-0000-0000-000000000000', 'authenticated',
          'authenticated', 'talent' || n || '@bench.example', now(), '{}',
          jsonb_build_object('name', name, 'userType', 'talent'),
          timestamptz '2024-01-01' + n / 2 * interval '80 seconds', now()
        from loaded_talents`;
      await tx`
        insert into public.profiles (
          id, user_type, name, professional_title, bio, skills, hourly_rate, availability,
          average_rating, total_reviews, created_at
        )
        select
          md5('talent ' || n)::uuid, 'talent', name, title, bio, skills, rate, availability, rating,
          reviews, timestamptz '2024-01-01' + n / 2 * interval '80 seconds'
        from loaded_talents`;
    });
  });
  const connection = await sql.reserve();
  try {
    await connection`select private.rebuild_search_index(true, ${leastForBitmaps})`;
    await connection`select gin_clean_pending_list('private.searchable_talents_words_idx')`;
    // Not while searches are timed.
    await connection`vacuum (analyze)`;
  } finally {
    connection.release();
  }
}

export async function removeLoadedTalents(sql: postgres.Sql): Promise<void> {
  await sql`delete from auth.users where email like 'talent%@bench.example'`;
}

/** How many loaded talents there are. */
export async function loadedTalents(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from auth.users
    where email like 'talent%@bench.example'`;
  return row?.count ?? 0;
}
