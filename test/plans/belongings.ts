import type postgres from "postgres";
import type { Person } from "./people.ts";

/** Rows of a person by which queries filter: what they would have open. */
export interface Belongings {
  readonly project: string;
  readonly task: string;
  readonly member: string;
  readonly deliverable: string;
  readonly file: string;
  /** Their longest. */
  readonly conversation: string;
  /** A message in its middle. */
  readonly message: string;
}

export async function belongingsOf(
  tx: postgres.TransactionSql,
  { id }: Person,
): Promise<Belongings> {
  const [found] = await tx<Belongings[]>`
    select p.id as project, t.id as task, m.user_id as member, d.id as deliverable, f.file_id as file,
      c.id as conversation, c.message
    from (
      select d.*
      from public.deliverables as d
      where ${id} in (d.creator_id, d.submitted_by_id) and d.deleted_at is null
        and exists (
          select
          from public.deliverable_files as f
          join public.files as u on u.id = f.file_id and u.scan_status = 'clean'
          where f.deliverable_id = d.id and f.version = d.version and f.place = 1
        )
      order by d.id
      limit 1
    ) as d
    join public.projects as p on p.id = d.project_id
    join public.tasks as t on t.id = d.task_id
    join public.project_members as m
      on m.project_id = p.id and m.user_id = d.submitted_by_id and m.removed_at is null
    join public.deliverable_files as f
      on f.deliverable_id = d.id and f.version = d.version and f.place = 1
    cross join (
      select c.id, s.ids[cardinality(s.ids) / 2] as message
      from public.conversations as c
      cross join lateral (
        select array_agg(m.id order by m.sent_at) as ids
        from public.messages as m
        where m.conversation_id = c.id
      ) as s
      where ${id} in (c.creator_id, c.talent_id)
      order by cardinality(s.ids) desc, c.id
      limit 1
    ) as c`;
  if (found === undefined) throw new Error(`${id} has nothing to ask for.`);
  return found;
}
