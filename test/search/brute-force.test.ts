import type postgres from "postgres";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadTalents, removeLoadedTalents } from "../../bench/data/load-talents.ts";
import { randomOf, testSeed } from "../world/random.ts";
import { openDatabase } from "../world/stack.ts";
import { Model, type Search, type Talent } from "./model.ts";
import { randomSearch, randomTalent } from "./talents.ts";

// Small segments, so that pages begin and end in many of them. The words of few talents have no bitmaps.
const talentCount = 3_000;
const leastForBitmaps = 100;
const segmentSizes = [128, 384, 1024];
const seed = testSeed();
const random = randomOf(seed);
const sql = openDatabase(2);
vi.setConfig({ testTimeout: 900_000 });

interface Answer {
  readonly users: readonly { readonly id: string }[];
  readonly pagination: { readonly total: number; readonly totalPages: number };
  readonly nextCursor: string | null;
}

const search = async (input: object, db: postgres.Sql = sql): Promise<Answer> => {
  const [row] = await db<{ answer: Answer }[]>`
    select private.search_talents(${db.json(input as never)}) as answer`;
  return (row as { answer: Answer }).answer;
};

const model = async (): Promise<Model> =>
  new Model(
    await sql<Talent[]>`
      select
        p.id, p.name, p.professional_title as title, p.bio, p.skills, p.hourly_rate::float as rate,
        p.availability, p.average_rating::float as rating,
        (row_number() over (order by p.created_at, p.id))::integer as age,
        coalesce(u.banned_until > now(), false) as banned
      from public.profiles as p
      join auth.users as u on u.id = p.id
      where p.user_type = 'talent' and p.deleted_at is null`,
  );

/** How an answer differs from the truth; undefined where it does not. */
function difference(answer: Answer, expected: readonly string[], total: number) {
  if (answer.pagination.total !== total) {
    return `${answer.pagination.total} instead of ${total} in all`;
  }
  const ids = answer.users.map(({ id }) => id);
  const at = ids.findIndex((id, place) => id !== expected[place]);
  if (at >= 0) return `another talent at ${at} of ${expected.length}`;
  return ids.length === expected.length ? undefined : `${ids.length} instead of ${expected.length}`;
}

/** Compares total, pages by number and pages by cursor with the model. */
async function compare(truth: Model, asked: Search): Promise<string[]> {
  const expected = truth.ids(asked);
  const limit = 1 + random.below(50);
  const pages = Math.ceil(expected.length / limit);
  const problems: string[] = [];
  for (const page of new Set([1, 1 + random.below(Math.max(pages, 1)), pages, pages + 1])) {
    if (page < 1) continue;
    const from = (page - 1) * limit;
    const check = (answer: Answer, start: number, how: string) => {
      const found = difference(answer, expected.slice(start, start + limit), expected.length);
      if (found) problems.push(`${JSON.stringify(asked)}, ${how} ${page} of ${limit}: ${found}`);
    };
    const answer = await search({ ...asked, page, limit });
    check(answer, from, "page");
    if ((answer.nextCursor === null) !== from + limit >= expected.length) {
      problems.push(`${JSON.stringify(asked)}, page ${page} of ${limit}: wrong end`);
    } else if (answer.nextCursor !== null) {
      const { nextCursor: cursor } = answer;
      check(await search({ ...asked, cursor, limit }), from + limit, "after page");
    }
  }
  return problems;
}

async function compareMany(count: number): Promise<void> {
  const truth = await model();
  const problems: string[] = [];
  for (let n = 0; n < count; n += 1) problems.push(...(await compare(truth, randomSearch(random))));
  expect(problems).toEqual([]);
}

const anyTalent = () => sql`(select md5('talent ' || ${random.below(talentCount)}::integer)::uuid)`;

let added = 0;
/** The same for each seed, because equal talents are listed by their ids. */
const newId = () => sql`md5(${`new talent ${seed} ${++added}`})::uuid`;

/** Changes, deletes, bans and adds talents, as users and administrators do. */
async function change(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const { name, title, bio, skills, rate, availability, rating, reviews } = randomTalent(random);
    const id = anyTalent();
    switch (random.below(6)) {
      case 0:
        await sql`update public.profiles set name = ${name}, professional_title = ${title}, bio = ${bio} where id = ${id}`;
        break;
      case 1:
        await sql`update public.profiles set skills = ${skills}, hourly_rate = ${rate}, availability = ${availability} where id = ${id}`;
        break;
      case 2:
        await sql`update public.profiles set average_rating = ${rating}, total_reviews = ${reviews} where id = ${id}`;
        break;
      case 3:
        await sql`update public.profiles set deleted_at = case when deleted_at is null then now() end where id = ${id}`;
        break;
      case 4:
        await sql`
          update auth.users
          set banned_until = case when banned_until is null then now() + interval '1 day' end
          where id = ${id}`;
        break;
      default:
        await sql`
          insert into auth.users (id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
          values (
            ${newId()}, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
            'talent-new-' || gen_random_uuid() || '@bench.example', '{}',
            ${sql.json({ name, userType: "talent" })},
            ${random.chance(0.3) ? new Date("2024-01-02T03:04:05Z") : new Date(Date.now() - random.below(60_000))}, now()
          )`;
    }
  }
}

const rebuild = (segmentSize: number) =>
  sql`select private.rebuild_search_index(false, ${leastForBitmaps}, ${segmentSize})`;

beforeAll(async () => {
  await removeLoadedTalents(sql);
  const talents = Array.from({ length: talentCount }, () => randomTalent(random));
  await loadTalents(sql, talents, leastForBitmaps);
  await rebuild(segmentSizes[random.below(segmentSizes.length)] as number);
});

afterAll(async () => {
  await removeLoadedTalents(sql);
  await sql`select private.rebuild_search_index(true)`;
  await sql.end();
});

test("search returns what brute force finds, in its order", async () => {
  await compareMany(60);
});

test("pages are the same whether segments are read until they are full or counted first", async () => {
  const found = { read: 0, counted: 0 };
  for (let n = 0; n < 80; n += 1) {
    const asked = { ...randomSearch(random), ...(random.chance(0.5) && { q: "" }) };
    const limit = 1 + random.below(30);
    const skipped = random.below(60);
    const [pages] = await sql<{ read: string[] | null; counted: string[] }[]>`
      with text as materialized (select t from private.read_search_text(${asked.q ?? ""}) as t),
      search as materialized (
        select t, private.search_of_input(${sql.json(asked as never)}, t) as s from text
        where (t).is_possible and (t).has_bitmaps
      ),
      reads as materialized (select s, private.reads_of(s, t, '{}') as r from search),
      matches as materialized (select s, r, private.matches_of(r) as b from reads),
      place as (
        select m, private.talents_at(r, b, s, ${skipped - 1}, 1) as ids from matches as m
        where ${skipped} > 0
      ),
      after as (select rank from place cross join private.matching_talents((m).s, ids) as rank)
      select
        private.talents_from(r, b, s, (select rank from after), ${limit}) as read,
        private.talents_at(r, b, s, ${skipped}, ${limit}) as counted
      from matches
      where ${skipped} <= (b).matches`;
    if (pages?.read) expect([asked, pages.read]).toEqual([asked, pages.counted]);
    if (pages) found[pages.read ? "read" : "counted"] += 1;
  }
  // Both ways were taken.
  expect(found).toEqual({
    read: expect.toSatisfy((n) => n > 5),
    counted: expect.toSatisfy((n) => n > 5),
  });
});

test("a word that is typed in full and begun again at the end must be there in full", async () => {
  const truth = await model();
  const problems = [
    await compare(truth, { q: "brand edits BRAND" }),
    await compare(truth, { q: "bran edits bran" }),
    await compare(truth, { q: "編 編集 編" }),
  ].flat();
  expect(problems).toEqual([]);
});

test("search returns changed, new, deleted and banned talents as they are before they are merged", async () => {
  await change(200);
  await compareMany(40);
});

test("search returns the same after changes were merged", async () => {
  await sql`select private.merge_search_changes()`;
  await compareMany(40);
  await change(50);
  await sql`select private.merge_search_changes()`;
  await compareMany(40);
});

test("search returns the same after the index was rebuilt", async () => {
  await sql`select private.forget_unused_words()`;
  for (const size of segmentSizes) {
    await rebuild(size);
    await compareMany(20);
  }
});

test("search returns the same with segments of the usual size", async () => {
  await sql`select private.rebuild_search_index(false, ${leastForBitmaps})`;
  await compareMany(20);
});
