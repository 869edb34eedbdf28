import { Hono } from "hono";
import type { TransactionSql } from "postgres";
import type { Auth, Origin } from "../context.ts";
import { AuthError, notImplemented, validationFailed } from "../errors.ts";
import { clearTokens, consumeToken, issueToken, tokenHash } from "../one-time.ts";
import { checkPassword, hashPassword, passwordMatches } from "../passwords.ts";
import { allowedRedirect } from "../redirects.ts";
import {
  type Bearer,
  bodyOf,
  object,
  originOf,
  redirectWish,
  requireUser,
  text,
} from "../request.ts";
import { endSessions, type Scope } from "../sessions.ts";
import { findUserByEmail, normalizeEmail, presentUser, type UserRow } from "../users.ts";

const scopes: readonly string[] = ["global", "local", "others"] satisfies readonly Scope[];

/** One's own account: look, change, sign out. */
export function userRoutes(auth: Auth): Hono {
  return new Hono()
    .get("/user", async (context) => {
      const { user } = await requireUser(auth, context);
      return context.json(await presentUser(auth.sql, user.id));
    })
    .put("/user", async (context) => {
      const origin = originOf(context);
      auth.limits.take("user", origin.ip, auth.settings.config.auth.rate_limit.sign_in_sign_ups);
      const bearer = await requireUser(auth, context);
      const body = await bodyOf(context);
      if (text(body, "phone") !== undefined) throw notImplemented("phone numbers");
      const change: Change = {
        password: text(body, "password"),
        currentPassword: text(body, "current_password"),
        nonce: text(body, "nonce"),
        email: text(body, "email") === undefined ? undefined : normalizeEmail(body.email),
        data: object(body, "data"),
        redirectTo: allowedRedirect(auth.settings, redirectWish(context)),
      };
      await auth.sql.begin((tx) => apply(auth, tx, bearer, change, origin));
      return context.json(await presentUser(auth.sql, bearer.user.id));
    })
    .post("/logout", async (context) => {
      const { user, sessionId } = await requireUser(auth, context);
      const scope = context.req.query("scope") ?? "global";
      if (!scopes.includes(scope)) {
        throw validationFailed(`Unsupported logout scope "${scope}"`);
      }
      await auth.sql.begin((tx) => endSessions(tx, user.id, sessionId, scope as Scope));
      return context.body(null, 204);
    });
}

interface Change {
  readonly password: string | undefined;
  readonly currentPassword: string | undefined;
  readonly nonce: string | undefined;
  readonly email: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly redirectTo: string;
}

async function apply(
  auth: Auth,
  tx: TransactionSql,
  bearer: Bearer,
  change: Change,
  origin: Origin,
): Promise<void> {
  const { user } = bearer;
  if (change.password !== undefined) await setPassword(auth, tx, bearer, change);
  if (change.data !== undefined) {
    // A key set to null goes, as upstream does it.
    await tx`
      update auth.users
      set raw_user_meta_data = jsonb_strip_nulls(
          coalesce(raw_user_meta_data, '{}') || ${tx.json(change.data as never)}::jsonb
        ),
        updated_at = now()
      where id = ${user.id}`;
  }
  if (change.email !== undefined && change.email !== user.email) {
    if ((await findUserByEmail(tx, change.email)) !== undefined) {
      throw new AuthError(
        422,
        "email_exists",
        "A user with this email address has already been registered",
      );
    }
    if (auth.settings.config.auth.email.enable_confirmations) {
      const { redirectTo } = change;
      await sendEmailChange(auth, tx, user, { to: change.email, redirectTo, origin });
    } else {
      await moveTo(tx, user.id, change.email);
    }
  }
}

async function setPassword(
  auth: Auth,
  tx: TransactionSql,
  { user, sessionId }: Bearer,
  change: Change,
): Promise<void> {
  const password = change.password ?? "";
  const { config } = auth.settings;
  if (config.auth.email.secure_password_change) {
    await requireRecentProof(auth, tx, user, sessionId, change.nonce);
  }
  if (
    change.currentPassword !== undefined &&
    !(await passwordMatches(change.currentPassword, user.encrypted_password))
  ) {
    throw new AuthError(400, "current_password_invalid", "Current password is not correct");
  }
  checkPassword(password, config.auth);
  if (await passwordMatches(password, user.encrypted_password)) {
    throw new AuthError(
      422,
      "same_password",
      "New password should be different from the old password.",
    );
  }
  const hash = await hashPassword(password);
  await tx`
    update auth.users set encrypted_password = ${hash}, updated_at = now() where id = ${user.id}`;
  await clearTokens(tx, user.id);
  await endSessions(tx, user.id, sessionId, "others");
}

const day = 24 * 60 * 60 * 1000;

/** A session of today is proof enough; an older one needs the code that `/reauthenticate` mailed. */
async function requireRecentProof(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  sessionId: string | undefined,
  nonce: string | undefined,
): Promise<void> {
  const [session] = await tx<{ created_at: Date }[]>`
    select created_at from auth.sessions where id = ${sessionId ?? null}`;
  if (session !== undefined && Date.now() - session.created_at.getTime() < day) return;
  if (nonce === undefined) {
    const sentence = "Password update requires reauthentication";
    throw new AuthError(400, "reauthentication_needed", sentence);
  }
  const hash = tokenHash(user.email ?? "", nonce);
  await consumeToken(auth, tx, ["reauthentication_token"], hash, "").catch(() => {
    throw new AuthError(400, "reauthentication_not_valid", "Nonce has expired or is invalid");
  });
}

/** Asks the new address, and the present one when the project wants both, to confirm a change. */
export async function sendEmailChange(
  auth: Auth,
  tx: TransactionSql,
  user: UserRow,
  change: { readonly to: string; readonly redirectTo: string; readonly origin: Origin },
): Promise<void> {
  const { to, redirectTo, origin } = change;
  await tx`
    update auth.users set email_change = ${to}, email_change_confirm_status = 0 where id = ${user.id}`;
  const target = { ...user, email_change: to };
  const token = await issueToken(auth, tx, user, "email_change_token_new", to);
  const common = { action: "email_change", user: target, redirectTo, ip: origin.ip } as const;
  await auth.mailer.send({ ...common, to, token });
  if (auth.settings.config.auth.email.double_confirm_changes && user.email) {
    const present = user.email;
    const second = await issueToken(auth, tx, user, "email_change_token_current", present);
    await auth.mailer.send({ ...common, to: present, token: second });
  }
}

/** The account gets another address, proven or trusted. */
export async function moveTo(tx: TransactionSql, userId: string, email: string): Promise<void> {
  await tx`
    update auth.users
    set email = ${email}, email_change = '', email_change_confirm_status = 0,
      email_confirmed_at = now(), updated_at = now(),
      raw_user_meta_data = coalesce(raw_user_meta_data, '{}') || jsonb_build_object('email', ${email}::text)
    where id = ${userId}`;
  await tx`
    update auth.identities
    set identity_data = identity_data || jsonb_build_object('email', ${email}::text, 'email_verified', true),
      updated_at = now()
    where user_id = ${userId} and provider = 'email'`;
}
