import postgres from "postgres";
import { expect } from "vitest";
import { inDays, type Person, signUp } from "../support/http.ts";

/** The database itself, past every rule: what a test believes rather than any answer. */
export const sql = postgres(process.env.DB_URL ?? "", { max: 2, onnotice: () => undefined });

/** One project with a team and a task, and everybody who may try something with it. */
export interface World {
  readonly owner: Person;
  readonly otherCreator: Person;
  readonly member: Person;
  readonly assignee: Person;
  readonly stranger: Person;
  readonly projectId: string;
  readonly taskId: string;
}

/** Built with plain supabase-js, as an app would. */
export async function buildWorld(): Promise<World> {
  const [owner, otherCreator, member, assignee, stranger] = await Promise.all([
    signUp("creator", "Olga Owner"),
    signUp("creator", "Otto Other"),
    signUp("talent", "Mia Member"),
    signUp("talent", "Ada Assignee"),
    signUp("talent", "Sam Stranger"),
  ]);
  const project = await one(
    owner.client
      .from("projects")
      .insert({ name: "World", description: "To be left alone", due_date: inDays(30) })
      .select("id")
      .single(),
  );
  await done(
    owner.client.from("project_members").insert([
      { project_id: project.id, user_id: member.id, role: "Designer" },
      { project_id: project.id, user_id: assignee.id, role: "Editor" },
    ]),
  );
  const task = await one(
    owner.client
      .from("tasks")
      .insert({
        project_id: project.id,
        name: "Cut",
        assignee_id: assignee.id,
        due_date: inDays(7),
      })
      .select("id")
      .single(),
  );
  const people = { owner, otherCreator, member, assignee, stranger };
  return { ...people, projectId: project.id, taskId: task.id };
}

interface Answer<T> {
  readonly data: T;
  readonly error: unknown;
}

/** The row of a query that has to succeed. */
export async function one<T>(query: PromiseLike<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error } = await query;
  expect(error).toBeNull();
  return data as NonNullable<T>;
}

/** A query that has to succeed. */
export async function done(query: PromiseLike<{ readonly error: unknown }>): Promise<void> {
  expect((await query).error).toBeNull();
}

/** Refusals: no right, a rule that speaks for itself, a broken check, a value of no such type. */
const refusal = /^42501$|^PT4\d\d$|^23514$|^22P02$/;

interface Attempt {
  readonly data: unknown;
  readonly error: { readonly code?: string | undefined } | null;
}

/** A query that must give nothing: no row, or a refusal (and not just any error, such as a typo). */
export async function refused(query: PromiseLike<Attempt>): Promise<void> {
  const { data, error } = await query;
  if (error === null) expect(data ?? []).toEqual([]);
  else expect(error.code).toMatch(refusal);
}

type Table = "profiles" | "projects" | "project_members" | "tasks" | "messages" | "notifications";

/** Every query is refused, and the row in the database is afterwards as it was before. */
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

export async function rowOf(table: Table, id: string): Promise<postgres.Row | undefined> {
  const [row] = await sql`select * from ${sql(`public.${table}`)} where id = ${id}`;
  return row;
}
