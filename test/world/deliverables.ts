/** Deliverables and samples with their files, written as the database's own role. No bytes are stored. */
import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { tables } from "./tables.ts";

interface Place {
  readonly projectId: string;
  readonly taskId: string;
  readonly submitterId: string;
}

/** A pending deliverable without files. */
export const addDeliverable = (
  sql: TransactionSql,
  { projectId, taskId, submitterId }: Place,
  id: string = randomUUID(),
): Promise<{ readonly id: string; readonly status: string }> =>
  tables(sql)
    .insertInto("public.deliverables")
    .values({
      id,
      project_id: projectId,
      task_id: taskId,
      submitted_by_id: submitterId,
      title: "Look",
    })
    .returning(["id", "status"])
    .executeTakeFirstOrThrow();

/** A deliverable with one clean file that was sent back once and is pending again, as version 2. */
export async function addReviewedDeliverable(
  sql: TransactionSql,
  place: Place,
): Promise<{ readonly deliverableId: string; readonly fileId: string }> {
  const db = tables(sql);
  const deliverableId = randomUUID();
  const fileId = randomUUID();
  await db
    .insertInto("public.files")
    .values({
      ...usedFile(fileId, place.projectId, place.submitterId),
      upload_type: "deliverable",
      task_id: place.taskId,
      deliverable_id: deliverableId,
      bucket_id: "deliverables",
      path: `${place.projectId}/${fileId}.png`,
      file_name: "look.png",
      mime_type: "image/png",
    })
    .execute();
  await addDeliverable(sql, place, deliverableId);
  await db
    .insertInto("public.deliverable_files")
    .values({ file_id: fileId, deliverable_id: deliverableId, version: 1, place: 1 })
    .execute();
  const change = db.updateTable("public.deliverables").where("id", "=", deliverableId);
  await change.set({ status: "revision", feedback: "Warmer" }).execute();
  await change.set({ status: "pending", version: 2 }).execute();
  return { deliverableId, fileId };
}

/** A file in the samples of a project. The sample has the file's id. */
export async function addSample(
  sql: TransactionSql,
  projectId: string,
  uploaderId: string,
): Promise<string> {
  const db = tables(sql);
  const id = randomUUID();
  await db
    .insertInto("public.files")
    .values({
      ...usedFile(id, projectId, uploaderId),
      upload_type: "sample",
      bucket_id: "project-samples",
      path: `${projectId}/${id}.pdf`,
      file_name: "guide.pdf",
      mime_type: "application/pdf",
    })
    .execute();
  await db
    .insertInto("public.project_samples")
    .values({ id, project_id: projectId, name: "Guide", type: "file", file_id: id })
    .execute();
  return id;
}

/** The columns of a clean file that is in use. */
const usedFile = (id: string, projectId: string, uploaderId: string) => ({
  id,
  project_id: projectId,
  uploader_id: uploaderId,
  file_size: "2048",
  state: "clean",
  uploaded_at: new Date(),
  used_at: new Date(),
});
