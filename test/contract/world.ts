import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { Sql, TransactionSql } from "postgres";
import { type AccessWorld, buildAccessWorld } from "../access/world.ts";
import { password } from "../world/people.ts";
import { sqlEntrance } from "../world/through-sql.ts";

/** Everyone whom an operation can treat differently. */
export const personas = [
  "anonymous",
  "bad token",
  "expired token",
  "deleted user",
  "stranger talent",
  "stranger creator",
  "removed member",
  "member",
  "assignee",
  "creator",
] as const;

export type Persona = (typeof personas)[number];

export type SignedIn = Exclude<Persona, "anonymous" | "bad token" | "expired token">;

export interface ContractWorld extends AccessWorld {
  readonly accounts: Readonly<Record<SignedIn, string>>;
  /** A talent's address and the password that everyone has. */
  readonly email: string;
  readonly password: string;
  /** A notification of the assignee. */
  readonly notificationId: string;
  /** An upload of the assignee for the task, not used yet. */
  readonly uploadId: string;
  /** The secrets of the links that the assignee got. */
  readonly calendarToken: string;
  readonly unsubscribeToken: string;
}

/** A committed world with a row for every operation. */
export const buildContractWorld = (sql: Sql): Promise<ContractWorld> =>
  sql.begin(async (tx) => {
    const world = await buildAccessWorld(tx);
    const { ids } = world;
    const { id: deletedId } = await sqlEntrance(tx).signUp({
      ...{ email: "", password, name: "Gone", userType: "talent" },
    });
    await tx`
      insert into public.project_members (project_id, user_id)
      values (${world.projectId}, ${deletedId})`;
    await tx`update public.profiles set deleted_at = now() where id = ${deletedId}`;
    await tx`
      update public.deliverable_reviews set reviewer_id = ${ids.creator}
      where deliverable_id = ${world.deliverableId}`;
    const accounts = {
      "deleted user": deletedId,
      "stranger talent": ids.stranger,
      "stranger creator": ids["other creator"],
      "removed member": ids["removed member"],
      member: ids.member,
      assignee: ids.assignee,
      creator: ids.creator,
    };
    await tx`
      with accounts as (
        update auth.users
        set encrypted_password = extensions.crypt(${password}, extensions.gen_salt('bf', 4)),
          email_confirmed_at = now(), confirmation_token = '', recovery_token = '',
          email_change = '', email_change_token_new = ''
        where id = any (${Object.values(accounts)}::uuid[])
        returning id, email
      )
      insert into auth.identities (provider_id, user_id, identity_data, provider)
      select id, id, jsonb_build_object('sub', id, 'email', email), 'email' from accounts`;
    return {
      ...world,
      accounts,
      password,
      email: `${ids.assignee}@example.com`,
      uploadId: await addUpload(tx, world),
      ...(await addLinks(tx, ids.assignee)),
    };
  }) as Promise<ContractWorld>;

async function addUpload(tx: TransactionSql, { ids, projectId, taskId }: AccessWorld) {
  const id = randomUUID();
  await tx`
    insert into public.files (
      id, upload_type, uploader_id, project_id, task_id, deliverable_id, bucket_id, path, file_name,
      file_size, mime_type, state, uploaded_at)
    values (
      ${id}, 'deliverable', ${ids.assignee}, ${projectId}, ${taskId}, ${randomUUID()},
      'deliverables', ${`${projectId}/${id}.png`}, 'next.png', 2048, 'image/png', 'clean', now())`;
  return id;
}

async function addLinks(tx: TransactionSql, userId: string) {
  const calendarToken = randomUUID();
  await tx`
    insert into private.calendar_links (user_id, token_hash)
    values (${userId}, private.token_hash(${calendarToken}))`;
  const [row] = await tx<{ notificationId: string; unsubscribeToken: string }[]>`
    select
      (select id from public.notifications where user_id = ${userId} limit 1) as "notificationId",
      private.unsubscribe_token(${userId}, 'mentioned') as "unsubscribeToken"`;
  if (row === undefined) throw new Error("The select returned no row.");
  return { calendarToken, ...row };
}

/** Tokens of people who never signed in are signed with the project's secret, which a hosted project may keep. */
export const canSignTokens = process.env.JWT_SECRET !== undefined;

const secret = new TextEncoder().encode(process.env.JWT_SECRET);

const signed = (userId: string, expires: string) =>
  new SignJWT({ role: "authenticated", session_id: userId })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(userId)
    .setAudience("authenticated")
    .setIssuedAt(new Date(Date.now() - 3_600_000))
    .setExpirationTime(expires)
    .sign(secret);

/** The token of a persona; the token with a wrong signature or in the past is the creator's. */
export async function tokenOf(
  { accounts }: ContractWorld,
  persona: Persona,
): Promise<string | undefined> {
  if (persona === "anonymous") return undefined;
  if (persona === "expired token") return signed(accounts.creator, "-1m");
  if (persona !== "bad token") return signed(accounts[persona], "1h");
  const [header, payload, signature = ""] = (await signed(accounts.creator, "1h")).split(".");
  return [header, payload, signature.split("").reverse().join("")].join(".");
}
