import { afterAll, expect, test } from "vitest";
import { png } from "../../supabase/functions/files/test/pictures.ts";
import { upload as sent, verdict } from "../files/support.ts";
import { sql } from "../supabase-js/world.ts";
import { inDays } from "../world/projects.ts";
import { call, type Person, signUp, supabaseEntrance } from "../world/through-supabase-js.ts";
import { buildWorld, type World } from "../world/world.ts";
import { crowd } from "./crowd.ts";

afterAll(() => sql.end());

type Stage = World<Person, never>;

const stage = (): Promise<Stage> => buildWorld(supabaseEntrance);

/** An uploaded file whose scan is done, so that documents do not change between two comparisons. */
async function upload({ assignee, projectId, taskId }: Stage): Promise<string> {
  const target = { uploadType: "deliverable", projectId, taskId } as const;
  const place = await sent(assignee, target, "cut.png", "image/png", png(64, 64));
  expect(await verdict(place)).toBe("clean");
  return place.fileId;
}

const submit = async (at: Stage, fileId: string) =>
  call(at.assignee, "submit_deliverable", {
    projectId: at.projectId,
    taskId: at.taskId,
    title: "Cut",
    files: [{ fileId }],
  });

test("of two reviews at once, one succeeds and the other gets 409", async () => {
  const at = await stage();
  for (let round = 0; round < 5; round += 1) {
    const { data: deliverable } = await submit(at, await upload(at));
    const answers = await Promise.all([
      call(at.creator, "approve_deliverable", { deliverableId: deliverable.id }),
      call(at.creator, "request_revision", {
        deliverableId: deliverable.id,
        feedback: "Warmer",
      }),
    ]);
    expect(answers.map(({ code }) => code ?? "done").sort()).toEqual(["INVALID_STATE", "done"]);
    const { data } = await call(at.creator, "get_deliverable", { deliverableId: deliverable.id });
    expect(data).toEqual(answers.find(({ code }) => code === undefined)?.data);
    if (data.status === "revision") {
      await call(at.creator, "delete_deliverable", { deliverableId: deliverable.id });
    }
  }
});

test("of twenty revision requests at once, one counts", async () => {
  const at = await stage();
  const { data: deliverable } = await submit(at, await upload(at));
  const answers = await crowd(20, async (index) =>
    call(at.creator, "request_revision", {
      deliverableId: deliverable.id,
      feedback: `Take ${index}`,
    }),
  );
  expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([undefined, "INVALID_STATE"]));
  const { data } = await call(at.creator, "get_deliverable", { deliverableId: deliverable.id });
  expect([data.revisionCount, data.versions.length]).toEqual([1, 1]);
});

test("a file submitted ten times at once becomes part of one deliverable", async () => {
  const at = await stage();
  const fileId = await upload(at);
  const answers = await crowd(10, async () => submit(at, fileId));
  expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1);
  expect(new Set(answers.map(({ code }) => code))).toEqual(
    new Set([undefined, "VALIDATION_ERROR"]),
  );
});

test("of twenty upload batches started at once, ten succeed", async () => {
  const creator = await signUp("creator");
  const projects = await crowd(20, async (index) =>
    call(creator, "create_project", { name: `P${index}`, description: "d", dueDate: inDays(9) }),
  );
  const answers = await Promise.all(
    projects.map(async ({ data }) =>
      call(creator, "create_upload", {
        uploadType: "sample",
        fileName: "a.png",
        fileSize: 1,
        mimeType: "image/png",
        projectId: data.id,
      }),
    ),
  );
  expect(answers.filter(({ code }) => code === undefined)).toHaveLength(10);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([undefined, "RATE_LIMITED"]));
});

/** Rows of versions, files and reviews that are hidden although their deliverable is not deleted, or the reverse. */
const misplaced = () => sql`
  select d.id
  from public.deliverables as d
  cross join lateral (
    select in_deleted_deliverable from public.deliverable_versions where deliverable_id = d.id
    union all
    select in_deleted_deliverable from public.deliverable_files where deliverable_id = d.id
    union all
    select in_deleted_deliverable from public.deliverable_reviews where deliverable_id = d.id
  ) as its_rows
  where its_rows.in_deleted_deliverable <> (d.deleted_at is not null)`;

test("a deletion hides what is submitted and decided at the same time", async () => {
  const at = await stage();
  for (let round = 0; round < 5; round += 1) {
    const { data: deliverable } = await submit(at, await upload(at));
    const deliverableId = deliverable.id;
    await call(at.creator, "request_revision", { deliverableId, feedback: "Warmer" });
    const files = [{ fileId: await upload(at) }];
    const answers = await Promise.all([
      call(at.assignee, "resubmit_deliverable", { deliverableId, files }),
      call(at.creator, "delete_deliverable", { deliverableId }),
      call(at.creator, "request_revision", { deliverableId, feedback: "Colder" }),
    ]);
    expect(answers[1]?.code, "the deletion").toBeUndefined();
    expect(await misplaced()).toEqual([]);
  }
});

test("a deletion of the project waits for rows that a service adds, and hides them", async () => {
  const at = await stage();
  const { data: deliverable } = await submit(at, await upload(at));
  let isDeleted = false;
  let deletion: Promise<void> | undefined;
  await sql.begin(async (service) => {
    await service`set local role service_role`;
    await service`
      insert into public.deliverable_reviews (deliverable_id, version, action)
      values (${deliverable.id}, 1, 'approve')`;
    deletion = call(at.creator, "delete_project", { projectId: at.projectId }).then(({ code }) => {
      expect(code).toBeUndefined();
      isDeleted = true;
    });
    const [row] = await service<{ id: number }[]>`select pg_backend_pid() as id`;
    // The service commits when the deletion waits for it, or was not stopped by it.
    await expect
      .poll(async () => {
        const [{ waits } = { waits: false }] = await sql<{ waits: boolean }[]>`
          select exists (
            select from pg_stat_activity where ${row?.id ?? 0} = any (pg_blocking_pids(pid))
          ) as waits`;
        return waits || isDeleted;
      })
      .toBe(true);
  });
  await deletion;
  expect(await misplaced()).toEqual([]);
});
