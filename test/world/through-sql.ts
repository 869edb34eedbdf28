/** Builds with statements of the database's own role, inside one transaction that a test can roll back. */
import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import { tables } from "./tables.ts";
import type { Entrance } from "./world.ts";

interface Row {
  readonly id: string;
}

export const sqlEntrance = (sql: Sql | TransactionSql): Entrance<Row> => ({
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
    tables(sql)
      .insertInto("public.projects")
      .values({ creator_id: id, name, description, due_date: dueDate })
      .returning("id")
      .executeTakeFirstOrThrow(),
  addMember: (_creator, projectId, userId) =>
    tables(sql)
      .insertInto("public.project_members")
      .values({ project_id: projectId, user_id: userId })
      .returning("id")
      .executeTakeFirstOrThrow(),
  createTask: (_creator, projectId, { name, description, assigneeId, dueDate }) =>
    tables(sql)
      .insertInto("public.tasks")
      .values({
        project_id: projectId,
        name,
        description,
        assignee_id: assigneeId,
        due_date: dueDate,
      })
      .returning("id")
      .executeTakeFirstOrThrow(),
});
