import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, expect, test } from "vitest";
import { signUp } from "../world/through-supabase-js.ts";

const sql = postgres(process.env.DB_URL ?? "", { max: 10 });
afterAll(() => sql.end());

test("the rating of a talent is exact when 20 reviews are created, changed and deleted at once", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const ids = Array.from({ length: 20 }, () => randomUUID());
  for (const id of ids) {
    await sql`
      insert into public.projects (id, creator_id, name, description, due_date)
      values (${id}, ${creator.id}, 'Race', 'Twenty reviews', current_date + 30)`;
    await sql`insert into public.project_members (project_id, user_id) values (${id}, ${talent.id})`;
    await sql`update public.projects set status = 'completed' where id = ${id}`;
  }
  const api = creator.client.schema("api");
  const work = ids.map(async (projectId, index) => {
    const { data, error } = await api.rpc("create_review", {
      talentId: talent.id,
      projectId,
      rating: 1 + (index % 5),
      text: "Race",
    });
    expect(error).toBeNull();
    if (index % 3 === 0) await api.rpc("delete_review", { reviewId: data.id });
    if (index % 3 === 1)
      await api.rpc("update_review", { reviewId: data.id, patch: { rating: 5 } });
  });
  await Promise.all(work);
  const [row] = await sql`
    select
      p.total_reviews, p.average_rating, p.rating_counts,
      (select count(*)::integer from public.reviews where talent_id = p.id and deleted_at is null) as total,
      (select round(avg(rating), 1) from public.reviews where talent_id = p.id and deleted_at is null) as average
    from public.profiles as p where p.id = ${talent.id}`;
  expect(row?.total_reviews).toBe(row?.total);
  expect(row?.average_rating).toBe(row?.average);
  expect(row?.rating_counts.reduce((sum: number, n: number) => sum + n, 0)).toBe(row?.total);
});

test("one review is kept of ten that a creator sends at once for one project", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const projectId = randomUUID();
  await sql`
    insert into public.projects (id, creator_id, name, description, due_date)
    values (${projectId}, ${creator.id}, 'Race', 'One review', current_date + 30)`;
  await sql`insert into public.project_members (project_id, user_id) values (${projectId}, ${talent.id})`;
  await sql`update public.projects set status = 'completed' where id = ${projectId}`;
  const review = { talentId: talent.id, projectId, rating: 5, text: "Race" };
  const api = creator.client.schema("api");
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => api.rpc("create_review", review)),
  );
  expect(answers.filter(({ error }) => error === null)).toHaveLength(1);
  for (const { error } of answers) {
    if (error !== null) expect([error.code, error.hint]).toEqual(["PT400", "ALREADY_REVIEWED"]);
  }
});

test("a recurring task that is completed by five requests at once has one successor", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const projectId = randomUUID();
  const taskId = randomUUID();
  await sql`
    insert into public.projects (id, creator_id, name, description, due_date)
    values (${projectId}, ${creator.id}, 'Race', 'Recurring', current_date + 30)`;
  await sql`insert into public.project_members (project_id, user_id) values (${projectId}, ${talent.id})`;
  await sql`
    insert into public.tasks (id, project_id, name, assignee_id, due_date, recurrence)
    values (${taskId}, ${projectId}, 'Report', ${talent.id}, current_date + 1, 'FREQ=DAILY')`;
  await Promise.all(
    [creator, talent, creator, talent, creator].map(({ client }) =>
      client
        .schema("api")
        .rpc("update_task", { projectId, taskId, patch: { status: "completed" } }),
    ),
  );
  const [row] = await sql`
    select count(*)::integer as tasks from public.tasks where series_id = ${taskId}`;
  expect(row?.tasks).toBe(2);
});
