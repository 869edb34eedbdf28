/**
 * Runs `work` without the triggers of these tables and of auth.users, of which only the functions can be replaced,
 * because Auth owns the table. The rows already are as triggers would leave them, so that nothing is normalised,
 * validated, counted and notified a million times. In a transaction: for others, triggers are never off.
 */
import type postgres from "postgres";

export async function withoutTriggers(
  tx: postgres.TransactionSql,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const functions = await tx<{ definition: string; signature: string }[]>`
    select pg_get_functiondef(p.oid) as definition, p.oid::regprocedure::text as signature
    from pg_trigger as t
    join pg_proc as p on p.oid = t.tgfoid
    where t.tgrelid = 'auth.users'::regclass and not t.tgisinternal
      and p.pronamespace = 'private'::regnamespace
    group by p.oid`;
  for (const { signature } of functions) {
    await tx.unsafe(
      `create or replace function ${signature} returns trigger language plpgsql as 'begin return null; end'`,
    );
  }
  for (const table of tables) await tx.unsafe(`alter table ${table} disable trigger user`);
  await work();
  for (const table of tables) await tx.unsafe(`alter table ${table} enable trigger user`);
  for (const { definition } of functions) await tx.unsafe(definition);
}
