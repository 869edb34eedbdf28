/** Measures the search against its floor: the same cards, read by primary key. */
import type postgres from "postgres";
import { type Measured, prepareTiming, type Statement, timeOf } from "./ratios.ts";
import { type SearchCase, searchCases } from "./search-cases.ts";

interface Answer {
  readonly users: readonly { readonly id: string }[];
  readonly pagination: { readonly total: number; readonly totalPages: number };
  readonly nextCursor: string | null;
}

const forms = 40;
const argumentNames = [
  "q",
  "skills",
  "skillsMode",
  "minRate",
  "maxRate",
  "availability",
  "minRating",
  "sort",
  "page",
  "limit",
  "cursor",
];
const jsonArguments = new Set(["skills", "minRate", "maxRate", "minRating", "page", "limit"]);

/** The call of the operation with named arguments, as PostgREST makes it. */
function callOf(input: Record<string, unknown>): Statement {
  const names = argumentNames.filter((name) => input[name] !== undefined);
  const list = names.map(
    (name, at) => `"${name}" => $1[${at + 1}]${jsonArguments.has(name) ? "::jsonb" : ""}`,
  );
  const values = names.map((name) =>
    jsonArguments.has(name) ? JSON.stringify(input[name]) : String(input[name]),
  );
  return { text: `select api.search_talent(${list.join(", ")})`, values };
}

async function answerOf(sql: postgres.ReservedSql, { text, values }: Statement): Promise<Answer> {
  const bound = text.replaceAll(/\$1\[(\d+)\]/g, (_, place) => `$${place}::text`);
  const [row] = await sql.unsafe<{ search_talent: Answer }[]>(bound, [...values]);
  return (row as { search_talent: Answer }).search_talent;
}

/** The floor: a function that renders cards by their ids, with nothing to search, count or check. */
async function prepareFloor(sql: postgres.ReservedSql): Promise<void> {
  await sql`
    create or replace function pg_temp.cards(p_ids uuid[])
      returns json
      language plpgsql
      stable
      security definer
    as $$
    begin
      return (
        select json_agg(
          json_build_object(
            'id', p.id, 'name', p.name, 'professionalTitle', p.professional_title,
            'avatarUrl', p.avatar_url, 'skills', p.skills, 'hourlyRate', p.hourly_rate,
            'currency', 'USD', 'availability', p.availability,
            'averageRating', p.average_rating, 'totalReviews', p.total_reviews
          )
          order by r.place
        )
        from unnest(p_ids) with ordinality as r (id, place)
        join public.profiles as p on p.id = r.id
      );
    end;
    $$`;
  await sql`grant execute on function pg_temp.cards(uuid[]) to authenticated`;
}

/** Totals and first pages must be those that reading every row gives. */
async function verify(sql: postgres.ReservedSql, one: SearchCase): Promise<void> {
  const input = one.input(3);
  const { users, pagination } = await answerOf(sql, callOf(input));
  await sql`reset role`;
  const [truth] = await sql<{ total: string; ids: string[] }[]>`
    with search as materialized (
      select private.search_of_input(i, private.read_search_text(i ->> 'q')) as s
      from (select ${sql.json(input as never)}::jsonb as i) as input
    ),
    ranked as (
      select r.*
      from search
      cross join lateral private.matching_talents(
        s, array(select t.user_id from private.searchable_talents as t)
      ) as r
    )
    select
      (select count(*) from ranked) as total,
      array(
        select user_id from ranked
        order by is_last, tier, missing_skills, cost, age, user_id desc
        limit 20 offset ${(Number(input.page ?? 1) - 1) * 20}
      ) as ids`;
  await sql`set role authenticated`;
  const ids = users.map(({ id }) => id);
  const isImpossible = one.name === "S7 no hit" && pagination.total === 0;
  if (isImpossible) return;
  if (Number(truth?.total) !== pagination.total || ids.join() !== truth?.ids.join()) {
    throw new Error(`${one.name}: the answer is wrong for ${JSON.stringify(input)}.`);
  }
}

async function measure(
  sql: postgres.ReservedSql,
  one: SearchCase,
  samples: number,
): Promise<Measured> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let n = 0; n < samples; n += 1) {
    const call = callOf(one.input(n % forms));
    const { users } = await answerOf(sql, call);
    // Without hits, the floor is a page of anybody.
    const ids = users.length > 0 ? users.map(({ id }) => id) : await anyPage(sql);
    const floor = { text: "select pg_temp.cards($1::uuid[])", values: ids };
    const floors = [await timeOf(sql, floor), await timeOf(sql, floor)];
    const ms = await timeOf(sql, call);
    // A page with few hits has a low floor; a page has at least as much to do as one with five.
    ratios.push(ms / Math.min(...floors));
    times.push(ms);
  }
  return { name: one.name, goal: one.goal, ratios, times };
}

let page: string[] = [];
async function anyPage(sql: postgres.ReservedSql): Promise<string[]> {
  if (page.length === 0) {
    page = (await answerOf(sql, callOf({}))).users.map(({ id }) => id);
  }
  return page;
}

/** Measures all cases in turns, `rounds` times. */
export async function measureSearch(
  sql: postgres.ReservedSql,
  { rounds, samples }: { readonly rounds: number; readonly samples: number },
): Promise<Measured[]> {
  await prepareTiming(sql);
  await prepareFloor(sql);
  await sql`set role authenticated`;
  const all = new Map<string, Measured>();
  try {
    for (const one of searchCases) await verify(sql, one);
    for (let round = 0; round <= rounds; round += 1) {
      for (const one of searchCases) {
        const now = await measure(sql, one, round === 0 ? 3 : samples);
        if (round === 0) continue;
        const before = all.get(one.name);
        all.set(one.name, {
          ...now,
          ratios: [...(before?.ratios ?? []), ...now.ratios],
          times: [...(before?.times ?? []), ...now.times],
        });
      }
    }
  } finally {
    await sql`reset role`;
  }
  return [...all.values()];
}
