/** Deliverables and samples with their files, written as the database's own role. No bytes are stored. */
import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";

interface Place {
  readonly projectId: string;
  readonly taskId: string;
  readonly submitterId: string;
}

/** A pending deliverable without files. */
export async function addDeliverable(
  sql: TransactionSql,
  { projectId, taskId, submitterId }: Place,
  id: string = randomUUID(),
): Promise<{ readonly id: string; readonly status: string }> {
  const [row] = await sql<{ id: string; status: string }[]>`
    insert into public.deliverables (id, project_id, task_id, submitted_by_id, title)
    values (${id}, ${projectId}, ${taskId}, ${submitterId}, 'Look')
    returning id, status`;
  if (row === undefined) throw new Error("The insert returned no row.");
  return row;
}

/** A deliverable with one clean file that was sent back once and is pending again, as version 2. */
export async function addReviewedDeliverable(
  sql: TransactionSql,
  place: Place,
): Promise<{ readonly deliverableId: string; readonly fileId: string }> {
  const deliverableId = randomUUID();
  const fileId = randomUUID();
  await sql`
    insert into public.files (
      id, upload_type, uploader_id, project_id, task_id, deliverable_id, bucket_id, path, file_name,
      file_size, mime_type, state, uploaded_at, used_at)
    values (
      ${fileId}, 'deliverable', ${place.submitterId}, ${place.projectId}, ${place.taskId},
      ${deliverableId}, 'deliverables', ${`${place.projectId}/${fileId}.png`}, 'look.png', 2048,
      'image/png', 'clean', now(), now())`;
  await addDeliverable(sql, place, deliverableId);
  await sql`
    insert into public.deliverable_files (file_id, deliverable_id, version, place)
    values (${fileId}, ${deliverableId}, 1, 1)`;
  await sql`
    update public.deliverables set status = 'revision', feedback = 'Warmer'
    where id = ${deliverableId}`;
  await sql`
    update public.deliverables set status = 'pending', version = 2 where id = ${deliverableId}`;
  return { deliverableId, fileId };
}

/** A file in the samples of a project. The sample has the file's id. */
export async function addSample(
  sql: TransactionSql,
  projectId: string,
  uploaderId: string,
): Promise<string> {
  const id = randomUUID();
  await sql`
    insert into public.files (
      id, upload_type, uploader_id, project_id, bucket_id, path, file_name, file_size, mime_type,
      state, uploaded_at, used_at)
    values (
      ${id}, 'sample', ${uploaderId}, ${projectId}, 'project-samples', ${`${projectId}/${id}.pdf`},
      'guide.pdf', 2048, 'application/pdf', 'clean', now(), now())`;
  await sql`
    insert into public.project_samples (id, project_id, name, type, file_id)
    values (${id}, ${projectId}, 'Guide', 'file', ${id})`;
  return id;
}
