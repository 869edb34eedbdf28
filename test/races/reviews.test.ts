import { afterAll, expect, test } from "vitest";
import { aProject, aTask } from "../world/projects.ts";
import { addCompletedProject } from "../world/reviews.ts";
import { openDatabase } from "../world/stack.ts";
import { tables } from "../world/tables.ts";
import { sqlEntrance } from "../world/through-sql.ts";
import { signUp } from "../world/through-supabase-js.ts";
import { ranOutOfTime } from "./crowd.ts";

const sql = openDatabase(10);
afterAll(() => sql.end());

test("the rating of a talent is exact when 20 reviews are created, changed and deleted at once", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => addCompletedProject(sql, creator.id, [talent.id])),
  );
  const api = creator.client.schema("api");
  const work = ids.map(async (projectId, index) => {
    const { data, error } = await api.rpc("create_review", {
      talentId: talent.id,
      projectId,
      rating: 1 + (index % 5),
      text: "Race",
    });
    if (ranOutOfTime(error)) return;
    expect(error).toBeNull();
    if (index % 3 === 0) await api.rpc("delete_review", { reviewId: data.id });
    if (index % 3 === 1)
      await api.rpc("update_review", { reviewId: data.id, patch: { rating: 5 } });
  });
  await Promise.all(work);
  const kept = await tables(sql)
    .selectFrom("public.profiles")
    .select(["total_reviews", "average_rating", "rating_counts"])
    .where("id", "=", talent.id)
    .executeTakeFirstOrThrow();
  const counted = await tables(sql)
    .selectFrom("public.reviews")
    .select(({ fn, lit }) => [
      fn.countAll<string>().as("total"),
      fn("round", [fn.avg("rating"), lit(1)]).as("average"),
    ])
    .where("talent_id", "=", talent.id)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
  expect(kept.total_reviews).toBeGreaterThan(1);
  expect(kept.total_reviews).toBe(Number(counted.total));
  expect(kept.average_rating).toBe(counted.average);
  expect(kept.rating_counts.reduce((sum, count) => sum + count, 0)).toBe(kept.total_reviews);
});

test("one review is kept of ten that a creator sends at once for one project", async () => {
  const [creator, talent] = await Promise.all([signUp("creator"), signUp("talent")]);
  const projectId = await addCompletedProject(sql, creator.id, [talent.id]);
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
  const world = sqlEntrance(sql);
  const project = await world.createProject(creator, aProject());
  await world.addMember(creator, project.id, talent.id);
  const projectId = project.id;
  const { id: taskId } = await world.createTask(creator, projectId, aTask(talent.id));
  await tables(sql)
    .updateTable("public.tasks")
    .set({ recurrence: "FREQ=DAILY" })
    .where("id", "=", taskId)
    .execute();
  await Promise.all(
    [creator, talent, creator, talent, creator].map(({ client }) =>
      client
        .schema("api")
        .rpc("update_task", { projectId, taskId, patch: { status: "completed" } }),
    ),
  );
  const tasks = await tables(sql)
    .selectFrom("public.tasks")
    .select("id")
    .where("series_id", "=", taskId)
    .execute();
  expect(tasks).toHaveLength(2);
});
