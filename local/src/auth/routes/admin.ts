import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { TransactionSql } from "postgres";
import { milliseconds } from "../../config.ts";
import { confirmEmail, insertAccount } from "../accounts.ts";
import type { Auth } from "../context.ts";
import { AuthError, validationFailed } from "../errors.ts";
import { checkPassword, hashPassword } from "../passwords.ts";
import { type Body, bodyOf, isUuid, object, originOf, requireAdmin, text } from "../request.ts";
import {
  findUserByEmail,
  findUserById,
  normalizeEmail,
  presentUser,
  type UserRow,
} from "../users.ts";
import { generateLink } from "./admin-links.ts";
import { moveTo } from "./user.ts";

const emailTaken = () =>
  new AuthError(422, "email_exists", "A user with this email address has already been registered");

/** What the service key may do to any account. */
export function adminRoutes(auth: Auth): Hono {
  return new Hono()
    .use("/admin/*", async (context, next) => {
      await requireAdmin(auth, context);
      await next();
    })
    .get("/admin/users", (context) => list(auth, context))
    .post("/admin/users", async (context) => {
      const body = await bodyOf(context);
      const email = normalizeEmail(body.email);
      if ((await findUserByEmail(auth.sql, email)) !== undefined) throw emailTaken();
      const password = text(body, "password");
      if (password !== undefined) checkPassword(password, auth.settings.config.auth);
      const ready = text(body, "password_hash");
      const passwordHash = ready ?? (await hashPassword(password ?? randomUUID()));
      const wishedId = text(body, "id");
      if (wishedId !== undefined && !isUuid(wishedId)) throw validationFailed("ID must be a UUID");
      const id = wishedId ?? randomUUID();
      const userMetadata = object(body, "user_metadata") ?? {};
      await auth.sql.begin(async (tx) => {
        await insertAccount(tx, { id, email, passwordHash, userMetadata }).catch((error) => {
          throw error.code === "user_already_exists" ? emailTaken() : error;
        });
        if (body.email_confirm === true) await confirmEmail(tx, id);
        await applyAdminFields(tx, id, body);
      });
      return context.json(await presentUser(auth.sql, id));
    })
    .get("/admin/users/:id", async (context) =>
      context.json(await presentUser(auth.sql, (await target(auth, context)).id)),
    )
    .put("/admin/users/:id", async (context) => {
      const user = await target(auth, context);
      const body = await bodyOf(context);
      await auth.sql.begin((tx) => update(auth, tx, user, body));
      return context.json(await presentUser(auth.sql, user.id));
    })
    .delete("/admin/users/:id", async (context) => {
      const user = await target(auth, context);
      const body = await bodyOf(context);
      if (body.should_soft_delete === true) await softDelete(auth, user);
      else await auth.sql`delete from auth.users where id = ${user.id}`;
      return context.json({});
    })
    .post("/admin/generate_link", async (context) =>
      context.json(await generateLink(auth, await bodyOf(context), originOf(context))),
    );
}

async function target(auth: Auth, context: Context): Promise<UserRow> {
  const id = context.req.param("id") ?? "";
  if (!isUuid(id)) throw validationFailed("user_id must be an UUID");
  const user = await findUserById(auth.sql, id);
  if (user === undefined) throw new AuthError(404, "user_not_found", "User not found");
  return user;
}

async function list(auth: Auth, context: Context): Promise<Response> {
  const page = positive(context.req.query("page"), 1);
  const perPage = positive(context.req.query("per_page"), 50);
  const filter = `%${(context.req.query("filter") ?? "").replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await auth.sql<{ id: string; total: number }[]>`
    select id, count(*) over () ::int as total
    from auth.users
    where deleted_at is null and coalesce(email, '') ilike ${filter}
    order by created_at desc, id
    limit ${perPage} offset ${(page - 1) * perPage}`;
  const total = rows[0]?.total ?? 0;
  const lastPage = Math.max(1, Math.ceil(total / perPage));
  const link = (to: number, rel: string) =>
    `<${auth.settings.apiUrl}/auth/v1/admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`;
  const links = [...(page < lastPage ? [link(page + 1, "next")] : []), link(lastPage, "last")];
  context.header("x-total-count", String(total));
  context.header("link", links.join(", "));
  const users = await Promise.all(rows.map((row) => presentUser(auth.sql, row.id)));
  return context.json({ users, aud: "authenticated" });
}

function positive(value: string | undefined, usual: number): number {
  if (value === undefined || value === "") return usual;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1 || number > 1_000_000) {
    throw validationFailed("Bad Pagination Parameters");
  }
  return number;
}

async function update(auth: Auth, tx: TransactionSql, user: UserRow, body: Body): Promise<void> {
  const password = text(body, "password");
  if (password !== undefined) {
    checkPassword(password, auth.settings.config.auth);
    const hash = await hashPassword(password);
    await tx`update auth.users set encrypted_password = ${hash} where id = ${user.id}`;
  }
  if (text(body, "email") !== undefined) {
    const email = normalizeEmail(body.email);
    const holder = await findUserByEmail(tx, email);
    if (holder !== undefined && holder.id !== user.id) throw emailTaken();
    if (holder === undefined) await moveTo(tx, user.id, email);
  }
  if (body.email_confirm === true) await confirmEmail(tx, user.id);
  const metadata = object(body, "user_metadata");
  if (metadata !== undefined) {
    await tx`
      update auth.users
      set raw_user_meta_data =
        jsonb_strip_nulls(coalesce(raw_user_meta_data, '{}') || ${tx.json(metadata as never)}::jsonb)
      where id = ${user.id}`;
  }
  await applyAdminFields(tx, user.id, body);
}

/** Fields only an admin sets; they come by updates after the row, which triggers rely on. */
async function applyAdminFields(tx: TransactionSql, id: string, body: Body): Promise<void> {
  const metadata = object(body, "app_metadata");
  if (metadata !== undefined) {
    await tx`
      update auth.users
      set raw_app_meta_data =
        jsonb_strip_nulls(coalesce(raw_app_meta_data, '{}') || ${tx.json(metadata as never)}::jsonb)
      where id = ${id}`;
  }
  const role = text(body, "role");
  if (role !== undefined) await tx`update auth.users set role = ${role} where id = ${id}`;
  const ban = text(body, "ban_duration");
  if (ban !== undefined) {
    const until = ban === "none" ? null : new Date(Date.now() + milliseconds(ban));
    await tx`update auth.users set banned_until = ${until} where id = ${id}`;
  }
  await tx`update auth.users set updated_at = now() where id = ${id}`;
}

/** Keeps the row for what refers to it, without anything that tells whose it was. */
async function softDelete(auth: Auth, user: UserRow): Promise<void> {
  await auth.sql.begin(async (tx) => {
    const hidden = randomUUID();
    await tx`
      update auth.users
      set email = ${`${hidden}@deleted.invalid`}, encrypted_password = '', phone = null,
        raw_user_meta_data = '{}', raw_app_meta_data = '{}', deleted_at = now()
      where id = ${user.id}`;
    await tx`delete from auth.identities where user_id = ${user.id}`;
    await tx`delete from auth.one_time_tokens where user_id = ${user.id}`;
    await tx`delete from auth.sessions where user_id = ${user.id}`;
  });
}
