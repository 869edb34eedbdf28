/** Builds with statements of the database's own role, inside one transaction that a test can roll back. */
import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import type { Entrance } from "./world.ts";

interface Row {
  readonly id: string;
}

async function inserted(statement: PromiseLike<readonly Row[]>): Promise<Row> {
  const [row] = await statement;
  if (row === undefined) throw new Error("The insert returned no row.");
  return row;
}

export const sqlEntrance = (sql: TransactionSql): Entrance<Row> => ({
  signUp: async ({ name, userType }) => {
    const id = randomUUID();
    await sql`
      insert into auth.users (
        id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data)
      values (
        ${id}, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
        ${`${id}@example.com`}, '{"provider": "email"}', ${sql.json({ name, userType })})`;
    // The session has the account's id, so that claims need only one.
    await sql`
      insert into auth.sessions (id, user_id, created_at, updated_at)
      values (${id}, ${id}, now(), now())`;
    return { id };
  },
  createProject: ({ id }, { name, description, dueDate }) =>
    inserted(sql<Row[]>`
      insert into public.projects (creator_id, name, description, due_date)
      values (${id}, ${name}, ${description}, ${dueDate})
      returning id`),
  addMember: (_creator, projectId, userId) =>
    inserted(sql<Row[]>`
      insert into public.project_members (project_id, user_id)
      values (${projectId}, ${userId})
      returning id`),
  createTask: (_creator, projectId, { name, description, assigneeId, dueDate }) =>
    inserted(sql<Row[]>`
      insert into public.tasks (project_id, name, description, assignee_id, due_date)
      values (${projectId}, ${name}, ${description}, ${assigneeId}, ${dueDate})
      returning id`),
});
