import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import { aProject } from "./projects.ts";
import { tables } from "./tables.ts";

/** A completed project with its team, written as the database's own role. */
export async function addCompletedProject(
  sql: Sql | TransactionSql,
  creatorId: string,
  talentIds: readonly string[],
): Promise<string> {
  const db = tables(sql);
  const { name, description, dueDate } = aProject();
  const { id } = await db
    .insertInto("public.projects")
    .values({ creator_id: creatorId, name, description, due_date: dueDate })
    .returning("id")
    .executeTakeFirstOrThrow();
  await db
    .insertInto("public.project_members")
    .values(talentIds.map((talentId) => ({ project_id: id, user_id: talentId })))
    .execute();
  await db
    .updateTable("public.projects")
    .set({ status: "completed" })
    .where("id", "=", id)
    .execute();
  return id;
}

/** A completed project for which the creator has reviewed the first talent, written as the database's own role. */
export async function addReview(
  sql: TransactionSql,
  creatorId: string,
  talentIds: readonly [string, ...string[]],
): Promise<{ readonly completedProjectId: string; readonly reviewId: string }> {
  const completedProjectId = await addCompletedProject(sql, creatorId, talentIds);
  const reviewId = randomUUID();
  await tables(sql)
    .insertInto("public.reviews")
    .values({
      id: reviewId,
      creator_id: creatorId,
      talent_id: talentIds[0],
      project_id: completedProjectId,
      rating: 5,
      text: "Great work",
    })
    .execute();
  return { completedProjectId, reviewId };
}
