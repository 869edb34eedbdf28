import { expect } from "vitest";
import { openDatabase } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { type Person, supabaseEntrance } from "../world/through-supabase-js.ts";
import * as worlds from "../world/world.ts";

/** The database itself, which no policy restricts: what a test compares answers with. */
export const sql = openDatabase(2);
export const db = tables(sql);

/** One project with a team and a task, and everyone who tries something with it. */
export type World = worlds.World<Person, "otherCreator" | "member" | "stranger">;

export const buildWorld = (): Promise<World> =>
  worlds.buildWorld(supabaseEntrance, "otherCreator", "member", "stranger");

interface Answer<T> {
  readonly data: T;
  readonly error: unknown;
}

/** The row of a query that must succeed. */
export async function one<T>(query: PromiseLike<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error } = await query;
  expect(error).toBeNull();
  return data as NonNullable<T>;
}

/** A query that must succeed. */
export async function done(query: PromiseLike<{ readonly error: unknown }>): Promise<void> {
  expect((await query).error).toBeNull();
}

/** Codes of refusals: a missing privilege, a rule with a message, a constraint, a value of another type. */
const refusal = /^42501$|^PT4\d\d$|^23514$|^22P02$/;

interface Attempt {
  readonly data: unknown;
  readonly error: { readonly code?: string | undefined } | null;
}

/** A query that must return nothing: no row, or a refusal. Other errors, such as a typo, fail the test. */
export async function refused(query: PromiseLike<Attempt>): Promise<void> {
  const { data, error } = await query;
  if (error === null) expect(data ?? []).toEqual([]);
  else expect(error.code).toMatch(refusal);
}

type Table = "profiles" | "projects" | "project_members" | "tasks" | "messages" | "notifications";

/** Every query is refused, and the row in the database does not change. */
export async function leaves(
  table: Table,
  id: string,
  ...queries: readonly PromiseLike<Attempt>[]
): Promise<void> {
  const before = await rowOf(table, id);
  expect(before).toBeDefined();
  for (const query of queries) await refused(query);
  expect(await rowOf(table, id)).toEqual(before);
}

export const rowOf = (table: Table, id: string): Promise<object | undefined> =>
  db.selectFrom(`public.${table}`).selectAll().where("id", "=", id).executeTakeFirst();
