import { type Context, Hono } from "hono";
import { createAccount, readFields, softDelete, updateAccount } from "../admin-accounts.ts";
import type { Auth } from "../context.ts";
import { emailExists, notImplemented, userNotFound, validationFailed } from "../errors.ts";
import { factorsOf, findFactor, formatFactor, removeFactor } from "../factors.ts";
import { presentUser, presentUsers } from "../presentation.ts";
import { bodyOf, isUuid, originOf, requireAdmin, text } from "../request.ts";
import { findUserByEmail, findUserById, type UserRow } from "../users.ts";
import { generateLink } from "./admin-links.ts";

/** The admin API. Requires: a bearer token with the service role. */
export function adminRoutes(auth: Auth): Hono {
  return new Hono()
    .use("/admin/*", async (context, next) => {
      await requireAdmin(auth, context);
      await next();
    })
    .get("/admin/users", (context) => list(auth, context))
    .post("/admin/users", async (context) => {
      const body = await bodyOf(context);
      if (text(body, "phone") !== undefined) throw notImplemented("phone numbers");
      if (text(body, "email") === undefined) {
        throw validationFailed("Cannot create a user without either an email or phone");
      }
      const fields = await readFields(auth, body);
      if ((await findUserByEmail(auth.sql, fields.email ?? "")) !== undefined) throw emailExists();
      const id = await createAccount(auth, fields);
      return context.json(await presentUser(auth.sql, id));
    })
    .get("/admin/users/:id", async (context) =>
      context.json(await presentUser(auth.sql, (await targetUser(auth, context)).id)),
    )
    .put("/admin/users/:id", async (context) => {
      const user = await targetUser(auth, context);
      const body = await bodyOf(context);
      if (text(body, "phone") !== undefined) throw notImplemented("phone numbers");
      const fields = await readFields(auth, body);
      const holder = fields.email && (await findUserByEmail(auth.sql, fields.email));
      if (holder && holder.id !== user.id) throw emailExists();
      await auth.sql.begin((tx) => updateAccount(tx, user, fields));
      return context.json(await presentUser(auth.sql, user.id));
    })
    .delete("/admin/users/:id", async (context) => {
      const user = await targetUser(auth, context);
      const { should_soft_delete } = await bodyOf(context);
      if (should_soft_delete === true) await auth.sql.begin((tx) => softDelete(tx, user));
      else await auth.sql`delete from auth.users where id = ${user.id}`;
      return context.json({});
    })
    .get("/admin/users/:id/factors", async (context) => {
      const user = await targetUser(auth, context);
      return context.json((await factorsOf(auth.sql, [user.id])).map(formatFactor));
    })
    .delete("/admin/users/:id/factors/:factor", async (context) => {
      const user = await targetUser(auth, context);
      const factor = await findFactor(auth.sql, user.id, context.req.param("factor"));
      await auth.sql.begin((tx) => removeFactor(tx, factor));
      return context.json(formatFactor(factor));
    })
    .post("/admin/generate_link", async (context) =>
      context.json(await generateLink(auth, await bodyOf(context), originOf(context))),
    );
}

async function targetUser(auth: Auth, context: Context): Promise<UserRow> {
  const id = context.req.param("id") ?? "";
  if (!isUuid(id)) throw validationFailed("user_id must be an UUID");
  const user = await findUserById(auth.sql, id);
  if (user === undefined) throw userNotFound();
  return user;
}

async function list(auth: Auth, context: Context): Promise<Response> {
  const page = positiveInteger(context.req.query("page"), 1);
  const perPage = positiveInteger(context.req.query("per_page"), 50);
  const filter = `%${(context.req.query("filter") ?? "").replace(/[\\%_]/g, "\\$&")}%`;
  const matches = auth.sql`deleted_at is null and coalesce(email, '') ilike ${filter}`;
  const [counted] = await auth.sql<{ total: number }[]>`
    select count(*)::int as total from auth.users where ${matches}`;
  const rows = await auth.sql<UserRow[]>`
    select * from auth.users where ${matches}
    order by created_at desc, id
    limit ${perPage} offset ${(page - 1) * perPage}`;

  const total = counted?.total ?? 0;
  const lastPage = Math.max(1, Math.ceil(total / perPage));
  const link = (to: number, rel: string) =>
    `<${auth.settings.apiUrl}/auth/v1/admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`;
  const links = [...(page < lastPage ? [link(page + 1, "next")] : []), link(lastPage, "last")];
  context.header("x-total-count", String(total));
  context.header("link", links.join(", "));
  const users = await presentUsers(auth.sql, rows);
  return context.json({ users, aud: "authenticated" });
}

function positiveInteger(value: string | undefined, defaultValue: number): number {
  if (value === undefined || value === "") return defaultValue;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1 || number > 1_000_000) {
    throw validationFailed("Bad Pagination Parameters");
  }
  return number;
}
