/** Compares every counter that writes keep with counting the rows. */
import type postgres from "postgres";

const drifts: Readonly<Record<string, string>> = {
  "unread messages": `
    select count(*)::int as n
    from public.conversation_reads as r
    left join public.messages as last on last.id = r.last_read_message_id
    where r.unread_count <> (
      select count(*)
      from public.messages as m
      where m.conversation_id = r.conversation_id
        and m.sender_id <> r.user_id
        and m.deleted_at is null
        and (last.id is null or (m.sent_at, m.id) > (last.sent_at, last.id))
    )`,
  "last messages": `
    select count(*)::int as n
    from public.conversations as c
    cross join lateral (
      select m.id, m.sent_at
      from public.messages as m
      where m.conversation_id = c.id
      order by m.sent_at desc, m.id desc
      limit 1
    ) as newest
    where (c.last_message_id, c.last_message_at) is distinct from (newest.id, newest.sent_at)`,
  "notification totals": `
    select count(*)::int as n
    from (
      select user_id, count(*) as total, count(*) filter (where not is_read) as unread
      from public.notifications
      group by user_id
    ) as counted
    cross join lateral private.notification_totals_of(counted.user_id) as kept
    where (counted.total, counted.unread) <> (kept.total, kept.unread)`,
  "task counts": `
    select count(*)::int as n
    from public.projects as p
    cross join lateral (
      select count(*) as total, count(*) filter (where t.status = 'completed') as done
      from public.tasks as t
      where t.project_id = p.id and t.deleted_at is null
    ) as counted
    where (p.task_count, p.completed_task_count) <> (counted.total, counted.done)`,
};

/** Throws if a counter differs from its rows. */
export async function requireNoDrift(sql: postgres.Sql): Promise<void> {
  for (const [name, query] of Object.entries(drifts)) {
    const [row] = await sql.unsafe<{ n: number }[]>(query);
    if (row?.n !== 0) throw new Error(`${row?.n} rows have drifted: ${name}.`);
  }
}
