import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";

/** A completed project for which the creator has reviewed the first talent, written as the database's own role. */
export async function addReview(
  sql: TransactionSql,
  creatorId: string,
  talentIds: readonly [string, ...string[]],
): Promise<{ readonly completedProjectId: string; readonly reviewId: string }> {
  const completedProjectId = randomUUID();
  const reviewId = randomUUID();
  await sql`
    insert into public.projects (id, creator_id, name, description, due_date)
    values (${completedProjectId}, ${creatorId}, 'Done', 'A finished film', current_date + 30)`;
  for (const talentId of talentIds) {
    await sql`
      insert into public.project_members (project_id, user_id)
      values (${completedProjectId}, ${talentId})`;
  }
  await sql`update public.projects set status = 'completed' where id = ${completedProjectId}`;
  await sql`
    insert into public.reviews (id, creator_id, talent_id, project_id, rating, text)
    values (${reviewId}, ${creatorId}, ${talentIds[0]}, ${completedProjectId}, 5, 'Great work')`;
  return { completedProjectId, reviewId };
}
