/** Writes of one caller, timed in the database: what grows with the caller's own rows, and what a call costs. */
import type postgres from "postgres";
import { idOf } from "../../test/plans/people.ts";
import { type Measured, prepareTiming, type Statement, timeOf } from "./ratios.ts";

export interface Samples {
  readonly rounds: number;
  readonly samples: number;
}

interface Workplace {
  readonly project: string;
  readonly member: string;
  readonly task: string;
  readonly creator: string;
  readonly session: string;
}

async function actAs(sql: postgres.ReservedSql, user: string, session: string): Promise<void> {
  const claims = { sub: user, session_id: session, role: "authenticated" };
  await sql`reset role`;
  await sql`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, false)`;
  await sql`set role authenticated`;
}

/** A project with a team: of the creator with half of all projects, or of one with a few. */
async function workplaceOf(sql: postgres.ReservedSql, whose: "heavy" | "ordinary") {
  await sql`reset role`;
  const [row] = await sql<Workplace[]>`
    select p.id as project, m.user_id as member, t.id as task, p.creator_id as creator,
      s.id as session
    from public.projects as p
    join auth.sessions as s on s.user_id = p.creator_id
    join public.project_members as m on m.project_id = p.id and m.removed_at is null
    join public.tasks as t on t.project_id = p.id and t.deleted_at is null
    where (p.creator_id = ${idOf("creator", 0)}) = ${whose === "heavy"} and p.deleted_at is null
    order by p.id, m.user_id, t.id
    limit 1`;
  if (row === undefined) throw new Error(`No ${whose} creator has a project with a team.`);
  return row;
}

const heavyWrites: Readonly<Record<string, (of: Workplace, n: number) => Statement>> = {
  create_project: (_, n) => ({
    text: "select api.create_project($1[1], $1[2], $1[3])",
    values: [`Project of the bench ${n}`, "What it is about.", "2199-12-31"],
  }),
  create_task: ({ project, member }, n) => ({
    text: "select api.create_task($1[1], $1[2], $1[3], $1[4], $1[5])",
    values: [project, `Task of the bench ${n}`, "What to do.", member, "2199-12-31"],
  }),
  update_task: ({ project, task }, n) => ({
    text: "select api.update_task($1[1], $1[2], $1[3]::jsonb)",
    values: [project, task, JSON.stringify({ description: `What to do, ${n}.` })],
  }),
  update_project: ({ project }, n) => ({
    text: "select api.update_project($1[1], $1[2]::jsonb)",
    values: [project, JSON.stringify({ description: `What it is about, ${n}.` })],
  }),
};

/** The creator with half of all projects against one with a few. */
export async function measureHeavyCreator(
  sql: postgres.ReservedSql,
  { rounds, samples }: Samples,
): Promise<Measured[]> {
  const heavy = await workplaceOf(sql, "heavy");
  const ordinary = await workplaceOf(sql, "ordinary");
  await prepareTiming(sql);
  const measured: Measured[] = [];
  for (const [name, statement] of Object.entries(heavyWrites)) {
    const ratios: number[] = [];
    const times: number[] = [];
    for (let at = -2; at < rounds * samples; at += 1) {
      await actAs(sql, ordinary.creator, ordinary.session);
      const floor = await timeOf(sql, statement(ordinary, at));
      await actAs(sql, heavy.creator, heavy.session);
      const own = await timeOf(sql, statement(heavy, at));
      if (at < 0) continue;
      ratios.push(own / floor);
      times.push(own);
    }
    measured.push({ name: `${name}, heavy creator`, goal: 1.2, ratios, times });
  }
  await sql`reset role`;
  return measured;
}

interface Assignment {
  readonly project: string;
  readonly task: string;
  readonly talent: string;
  readonly talent_session: string;
  readonly creator_session: string;
  readonly creator: string;
}

/**
 * Half of what both took before helpers, events and plans were made cheaper: 227 and 187 bare inserts of a
 * message in the same moment. In bare inserts, so that the load of the machine cancels out.
 */
const submitGoal = 113;
const approveGoal = 93;

/** Submits two clean files for a task and approves them, against the bare insert of a message. */
export async function measureSubmissions(
  sql: postgres.ReservedSql,
  { rounds, samples }: Samples,
): Promise<Measured[]> {
  await sql`reset role`;
  const assignments = await sql<Assignment[]>`
    select p.id as project, t.id as task, t.assignee_id as talent, p.creator_id as creator,
      (select s.id from auth.sessions as s where s.user_id = t.assignee_id) as talent_session,
      (select s.id from auth.sessions as s where s.user_id = p.creator_id) as creator_session
    from public.tasks as t
    join public.projects as p on p.id = t.project_id
    where p.deleted_at is null and t.deleted_at is null and p.status <> 'completed'
      and t.status <> 'completed'
      and exists (select from auth.sessions as s where s.user_id = p.creator_id)
      and exists (
        select
        from public.project_members as m
        where m.project_id = p.id and m.user_id = t.assignee_id and m.removed_at is null
      )
      and not exists (select from public.deliverables as d where d.task_id = t.id)
    order by t.id
    limit ${rounds * samples + 2}`;
  await prepareTiming(sql);
  const submits: number[] = [];
  const approvals: number[] = [];
  const floors: number[] = [];
  for (const [at, one] of assignments.entries()) {
    await sql`reset role`;
    const files = await sql<{ fileId: string }[]>`
      insert into public.files (
        upload_type, uploader_id, project_id, task_id, deliverable_id, bucket_id, path, file_name,
        file_size, mime_type, state, uploaded_at, scanned_at
      )
      select 'deliverable', ${one.talent}, ${one.project}, ${one.task}, md5(${one.task})::uuid,
        'deliverables', 'bench/' || gen_random_uuid() || '.mp4', 'part.mp4', 1024, 'video/mp4',
        'clean', now(), now()
      from generate_series(1, 2)
      returning id as "fileId"`;
    await actAs(sql, one.talent, one.talent_session);
    const submitted = await timeOf(sql, {
      text: "select api.submit_deliverable($1[1], $1[2], $1[3], $1[4], $1[5]::jsonb)",
      values: [one.project, one.task, "First cut", "With sound.", JSON.stringify(files)],
    });
    await sql`reset role`;
    const [made] = await sql<{ id: string }[]>`
      select id from public.deliverables where task_id = ${one.task}`;
    await actAs(sql, one.creator, one.creator_session);
    const approved = await timeOf(sql, {
      text: "select api.approve_deliverable($1[1])",
      values: [made?.id ?? ""],
    });
    await sql`reset role`;
    const floor = await timeOf(sql, {
      text: "insert into public.bench_messages (conversation_id, sender_id, content) values ($1[1]::uuid, $1[2]::uuid, $1[3])",
      values: [one.project, one.talent, "A bare row."],
    });
    if (at < 2) continue;
    floors.push(floor);
    submits.push(submitted);
    approvals.push(approved);
  }
  await sql`reset role`;
  const measured = (name: string, times: number[], goal: number): Measured => ({
    name,
    goal,
    ratios: times.map((ms, at) => ms / (floors[at] ?? Number.NaN)),
    times,
  });
  return [
    measured("submit with two files", submits, submitGoal),
    measured("approve", approvals, approveGoal),
  ];
}

/** Counting a REST request against the cheapest read that it counts. */
export async function measureCounting(
  sql: postgres.ReservedSql,
  { rounds, samples }: Samples,
): Promise<Measured> {
  const { project, creator, session } = await workplaceOf(sql, "ordinary");
  await prepareTiming(sql);
  const ratios: number[] = [];
  const times: number[] = [];
  for (let at = -2; at < rounds * samples; at += 1) {
    await actAs(sql, creator, session);
    const read = await timeOf(sql, { text: "select api.get_project($1[1])", values: [project] });
    await sql`reset role`;
    const count = await timeOf(sql, {
      text: "select * from private.count_request($1[1], 1000, 60)",
      values: ["bench"],
    });
    if (at < 0) continue;
    ratios.push(count / read);
    times.push(count);
  }
  return { name: "counting a request, against get_project", goal: 1, ratios, times };
}
