import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";

/** Everybody a rule may tell apart. */
export const personas = [
  "creator",
  "other creator",
  "member",
  "assignee",
  "removed member",
  "stranger",
  "anon",
] as const;

export type Persona = (typeof personas)[number];

export interface World {
  /** The account behind each persona; anon has none. */
  readonly ids: Readonly<Record<Exclude<Persona, "anon">, string>>;
  readonly projectId: string;
  readonly taskId: string;
  /** A talent on no team, whom the creator may add. */
  readonly candidateId: string;
  /** Submitted by the assignee, pending, with one file. */
  readonly deliverableId: string;
  readonly fileId: string;
  /** A file in the project's samples, uploaded by the creator. */
  readonly sampleId: string;
  /** Between the creator and the assignee, with a message of the creator's. */
  readonly conversationId: string;
  readonly messageId: string;
}

/** One project of the creator's with a team and a task, made as the database's own role. */
export async function buildWorld(sql: TransactionSql): Promise<World> {
  const ids = {
    creator: await signUp(sql, "creator"),
    "other creator": await signUp(sql, "creator"),
    member: await signUp(sql, "talent"),
    assignee: await signUp(sql, "talent"),
    "removed member": await signUp(sql, "talent"),
    stranger: await signUp(sql, "talent"),
  };
  const candidateId = await signUp(sql, "talent");
  const [project] = await sql<{ id: string }[]>`
    insert into public.projects (creator_id, name, description, due_date)
    values (${ids.creator}, 'Access', 'Who may do what', current_date + 30)
    returning id`;
  const projectId = project?.id ?? "";
  for (const talent of [ids.member, ids.assignee, ids["removed member"]]) {
    await sql`insert into public.project_members (project_id, user_id) values (${projectId}, ${talent})`;
  }
  await sql`
    update public.project_members set removed_at = now()
    where project_id = ${projectId} and user_id = ${ids["removed member"]}`;
  const [task] = await sql<{ id: string }[]>`
    insert into public.tasks (project_id, name, assignee_id, due_date)
    values (${projectId}, 'Look', ${ids.assignee}, current_date + 7)
    returning id`;
  const taskId = task?.id ?? "";
  const work = await handIn(sql, { projectId, taskId, submitter: ids.assignee });
  const sampleId = await addSample(sql, projectId, ids.creator);
  const talk = await beginTalk(sql, ids.creator, ids.assignee);
  await sql`
    insert into public.user_blocks (blocker_id, blocked_id) values (${ids.member}, ${ids["other creator"]})`;
  await sql`
    insert into public.notification_preferences (user_id, type, in_app, email)
    values (${ids.assignee}, 'mentioned', true, true)`;
  return { ids, projectId, taskId, candidateId, ...work, sampleId, ...talk };
}

/** What one says to the other makes a notification as well. */
async function beginTalk(
  sql: TransactionSql,
  creator: string,
  talent: string,
): Promise<{ readonly conversationId: string; readonly messageId: string }> {
  const conversationId = randomUUID();
  const messageId = randomUUID();
  await sql`
    insert into public.conversations (id, creator_id, talent_id) values (${conversationId}, ${creator}, ${talent})`;
  await sql`
    insert into public.messages (id, conversation_id, sender_id, content)
    values (${messageId}, ${conversationId}, ${creator}, 'Hello')`;
  return { conversationId, messageId };
}

async function handIn(
  sql: TransactionSql,
  at: { readonly projectId: string; readonly taskId: string; readonly submitter: string },
): Promise<{ readonly deliverableId: string; readonly fileId: string }> {
  const deliverableId = randomUUID();
  const fileId = randomUUID();
  await sql`
    insert into public.files (
      id, upload_type, uploader_id, project_id, task_id, deliverable_id, bucket_id, path, file_name, file_size,
      mime_type, state, uploaded_at, used_at)
    values (
      ${fileId}, 'deliverable', ${at.submitter}, ${at.projectId}, ${at.taskId}, ${deliverableId}, 'deliverables',
      ${`${at.projectId}/${fileId}.png`}, 'look.png', 2048, 'image/png', 'clean', now(), now())`;
  await sql`
    insert into public.deliverables (id, project_id, task_id, submitted_by_id, title)
    values (${deliverableId}, ${at.projectId}, ${at.taskId}, ${at.submitter}, 'Look')`;
  await sql`
    insert into public.deliverable_files (file_id, deliverable_id, version, place)
    values (${fileId}, ${deliverableId}, 1, 1)`;
  // An earlier decision, so that there is one to see.
  await sql`
    update public.deliverables set status = 'revision', feedback = 'Warmer' where id = ${deliverableId}`;
  await sql`
    update public.deliverables set status = 'pending', version = 2 where id = ${deliverableId}`;
  return { deliverableId, fileId };
}

async function addSample(
  sql: TransactionSql,
  projectId: string,
  uploaderId: string,
): Promise<string> {
  const id = randomUUID();
  await sql`
    insert into public.files (
      id, upload_type, uploader_id, project_id, bucket_id, path, file_name, file_size, mime_type, state, uploaded_at,
      used_at)
    values (
      ${id}, 'sample', ${uploaderId}, ${projectId}, 'project-samples', ${`${projectId}/${id}.pdf`}, 'guide.pdf', 2048,
      'application/pdf', 'clean', now(), now())`;
  await sql`
    insert into public.project_samples (id, project_id, name, type, file_id)
    values (${id}, ${projectId}, 'Guide', 'file', ${id})`;
  return id;
}

async function signUp(sql: TransactionSql, userType: "creator" | "talent"): Promise<string> {
  const id = randomUUID();
  await sql`
    insert into auth.users (id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data)
    values (
      ${id}, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
      ${`${id}@example.com`}, '{"provider": "email"}', ${sql.json({ name: "Somebody", userType })})`;
  // The session has the account's id, which keeps the claims below simple.
  await sql`insert into auth.sessions (id, user_id, created_at, updated_at) values (${id}, ${id}, now(), now())`;
  return id;
}

/** Runs a statement as a persona in a savepoint and says how many rows it saw or changed. */
export async function attempt(
  sql: TransactionSql,
  world: World,
  persona: Persona,
  statement: (sql: TransactionSql) => PromiseLike<readonly unknown[] & { count: number }>,
): Promise<number> {
  const role = persona === "anon" ? "anon" : "authenticated";
  const claims =
    persona === "anon"
      ? { role }
      : { role, sub: world.ids[persona], session_id: world.ids[persona] };
  let rows = 0;
  const undo = Symbol("undo");
  try {
    await sql.savepoint(async (inner) => {
      await inner`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`;
      rows = (await statement(inner)).count;
      throw undo;
    });
  } catch (error) {
    // A refusal is an answer; anything else (a typo in the statement, a lost connection) is a failure.
    if (error !== undo && !isRefusal(error)) throw error;
  }
  return rows;
}

/** Privilege, policy or a rule that speaks for itself. */
function isRefusal(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code === "42501" || code === "PT403" || code === "PT401";
}
