/** A creator with a session, in whose name statements run. */
import { randomUUID } from "node:crypto";
import type postgres from "postgres";

export async function actAsCreator(sql: postgres.ReservedSql): Promise<string> {
  const id = randomUUID();
  await sql`
    insert into auth.users (
      id, instance_id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
    values (
      ${id}, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
      ${`${id}@bench.example`}, now(), '{}',
      ${sql.json({ name: "Bench creator", userType: "creator" })})`;
  await sql`
    insert into auth.sessions (id, user_id, created_at, updated_at) values (${id}, ${id}, now(), now())`;
  const claims = { sub: id, session_id: id, role: "authenticated" };
  await sql`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, false)`;
  return id;
}
