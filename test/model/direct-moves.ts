import { randomUUID } from "node:crypto";
import type { Scene, Weighted } from "./moves.ts";

/** A statement that PostgREST would run for this actor. */
const statement = (
  weight: number,
  write: (scene: Scene) => readonly [string, readonly unknown[]],
): Weighted => ({
  weight,
  part: "creator",
  move: (scene) => scene.world.attempt(scene.actor, ...write(scene)),
});

/** Writes to tables and objects without the functions that are meant for them. */
export const directMoves: Readonly<Record<string, Weighted>> = {
  reviewDirectly: statement(8, (scene) => [
    "update public.deliverables set status = $2, feedback = $3 where id = $1",
    [
      scene.focus.deliverable?.id,
      scene.random.one(["approved", "revision", "revision", "pending", "rejected"]),
      scene.random.one(["Again", "", null]),
    ],
  ]),
  rewordFeedback: statement(2, (scene) => [
    "update public.deliverables set feedback = $2 where id = $1",
    [scene.focus.deliverable?.id, scene.random.one(["Other words", null])],
  ]),
  forgeCounters: statement(2, (scene) => [
    `update public.deliverables set ${scene.random.one([
      "revision_count = 0",
      "version = version + 1",
      "deleted_at = null",
      "deleted_at = now()",
      "submitted_by_id = auth.uid()",
      "approved_at = now()",
    ])} where id = $1`,
    [scene.focus.deliverable?.id],
  ]),
  insertDeliverable: statement(1, (scene) => {
    const task = scene.focus.task;
    return [
      `insert into public.deliverables (project_id, task_id, submitted_by_id, title)
        values ($1, $2, $3, 'Forged')`,
      [task?.project, task?.id, scene.actor.id],
    ];
  }),
  deleteRows: statement(2, (scene) => [
    `delete from public.${scene.random.one([
      "deliverables",
      "deliverable_versions",
      "deliverable_files",
      "deliverable_reviews",
      "files",
      "project_samples",
      "tasks",
      "projects",
    ])} where true`,
    [],
  ]),
  forgeHistory: statement(2, (scene) => {
    const deliverable = scene.focus.deliverable;
    return scene.random.chance(0.5)
      ? [
          `insert into public.deliverable_reviews (deliverable_id, version, action, reviewer_id)
            values ($1, $2, 'approve', auth.uid())`,
          [deliverable?.id, deliverable?.version],
        ]
      : [
          "update public.deliverable_versions set title = 'Rewritten' where deliverable_id = $1",
          [deliverable?.id],
        ];
  }),
  slipFile: statement(2, (scene) => {
    const deliverable = scene.focus.deliverable;
    return [
      `insert into public.deliverable_files (file_id, deliverable_id, version, place)
        values ($1, $2, $3, 9)`,
      [scene.focus.file?.id, deliverable?.id, deliverable?.version],
    ];
  }),
  declareClean: statement(2, (scene) => [
    `update public.files set ${scene.random.one([
      "state = 'clean'",
      "removed_at = null",
      "used_at = null",
      "uploader_id = auth.uid()",
      "path = 'elsewhere'",
    ])} where id = $1`,
    [scene.focus.file?.id],
  ]),
  forgeFile: statement(1, (scene) => [
    `insert into public.files (upload_type, uploader_id, bucket_id, path, file_name, file_size,
      mime_type, state) values ('avatar', $1, 'avatars', $2, 'a.png', 1, 'image/png', 'clean')`,
    [scene.actor.id, randomUUID()],
  ]),
  linkSample: statement(2, (scene) => [
    `insert into public.project_samples (project_id, name, type, url)
      values ($1, 'Direct', 'link', $2)`,
    [
      scene.focus.project?.id,
      scene.random.one(["https://example.com/", "javascript:alert(1)", null]),
    ],
  ]),
  giveTask: statement(0.6, (scene) => [
    "update public.tasks set assignee_id = $2 where id = $1",
    [scene.focus.task?.id, scene.random.one(scene.world.actors)?.id],
  ]),
  joinTeam: statement(1, (scene) => [
    "insert into public.project_members (project_id, user_id) values ($1, $2)",
    [scene.focus.project?.id, scene.random.one(scene.world.actors)?.id],
  ]),
  uploadDirectly: statement(5, (scene) => {
    const file = scene.focus.file;
    return [
      `insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata)
        values ($1, $2, auth.uid(), auth.uid()::text, $3, '{"size": 2048, "mimetype": "image/png"}')`,
      [
        scene.random.chance(0.9) ? file?.bucket : "message-attachments",
        scene.random.chance(0.9) ? file?.path : `${scene.actor.id}/anything.png`,
        randomUUID(),
      ],
    ];
  }),
  moveObject: statement(1, (scene) => [
    "update storage.objects set name = $2, version = 'other' where name = $1",
    [scene.focus.file?.path, scene.focus.file?.path],
  ]),
};
