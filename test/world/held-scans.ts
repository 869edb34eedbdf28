import type { Sql } from "postgres";

/**
 * Runs the work while no new upload is scanned, and has them scanned afterwards: for what happens before a
 * scan, which is over in milliseconds here.
 */
export async function withoutScans<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  await sql`
    create or replace function public.test_hold_scan() returns trigger language plpgsql as $$
    begin
      new.next_attempt_at := now() + interval '1 hour';
      return new;
    end; $$`;
  await sql`
    create or replace trigger test_hold_scan before insert on private.file_scans
    for each row execute function public.test_hold_scan()`;
  try {
    return await work();
  } finally {
    await sql`drop function public.test_hold_scan cascade`;
    await sql`update private.file_scans set next_attempt_at = now()`;
    await sql`select private.wake_file_worker()`;
  }
}
