import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { callBeforeUserCreatedHook, registerAccount } from "../accounts.ts";
import type { Auth } from "../context.ts";
import { emailExists } from "../errors.ts";
import { issueToken } from "../one-time.ts";
import { presentUser } from "../presentation.ts";
import { allowedRedirect } from "../redirects.ts";
import { bodyOf, object, originOf, requestedRedirect, requireAdmin } from "../request.ts";
import { findUserByEmail, normalizeEmail } from "../users.ts";

/** `POST /invite`: creates an account and mails a link to its user. Requires: the service role. */
export function inviteRoutes(auth: Auth): Hono {
  return new Hono().post("/invite", async (context) => {
    await requireAdmin(auth, context);
    const { ip } = originOf(context);
    const body = await bodyOf(context);
    const email = normalizeEmail(body.email);
    const redirectTo = allowedRedirect(auth.settings, requestedRedirect(context));
    const existing = await findUserByEmail(auth.sql, email);
    if (existing !== undefined && existing.email_confirmed_at !== null) throw emailExists();
    const userMetadata = object(body, "data") ?? {};
    const account = { id: randomUUID(), email, passwordHash: "", userMetadata };
    if (existing === undefined) await callBeforeUserCreatedHook(auth, account, ip);
    const id = await auth.sql.begin(async (tx) => {
      const user = existing ?? (await registerAccount(tx, account));
      await tx`update auth.users set invited_at = now() where id = ${user.id}`;
      const token = await issueToken(auth, tx, user, "confirmation_token", email);
      await auth.mailer.send(tx, { action: "invite", user, to: email, token, redirectTo, ip });
      return user.id;
    });
    return context.json(await presentUser(auth.sql, id));
  });
}
