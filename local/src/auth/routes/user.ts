import { type Context, Hono } from "hono";
import { mergeMetadata } from "../accounts.ts";
import type { Auth } from "../context.ts";
import { type EmailChange, sendEmailChange } from "../email-change.ts";
import { AuthError, emailExists, notImplemented, validationFailed } from "../errors.ts";
import { hasVerifiedFactor } from "../factors.ts";
import { allowChange, applyChange, type PasswordChange } from "../password-change.ts";
import { checkPassword } from "../passwords.ts";
import { readChallenge } from "../pkce.ts";
import { presentUser } from "../presentation.ts";
import { allowedRedirect } from "../redirects.ts";
import {
  type Bearer,
  type Body,
  bodyOf,
  object,
  originOf,
  requestedRedirect,
  requireUser,
  text,
} from "../request.ts";
import { endSessions, type Scope, scopes } from "../sessions.ts";
import type { Json } from "../shapes.ts";
import { findUserByEmail, normalizeEmail, type UserRow } from "../users.ts";

/** The caller's own account: read, update, sign out. */
export function userRoutes(auth: Auth): Hono {
  const { rate_limit } = auth.settings.config.auth;
  return new Hono()
    .get("/user", async (context) => {
      const { user } = await requireUser(auth, context);
      return context.json(await presentUser(auth.sql, user.id));
    })
    .put("/user", async (context) => {
      const bearer = await requireUser(auth, context);
      auth.limits.take("user", originOf(context).ip, rate_limit.sign_in_sign_ups);
      const body = await bodyOf(context);
      if (text(body, "phone") !== undefined) throw notImplemented("phone numbers");
      if (object(body, "app_metadata") !== undefined) {
        const message = "Updating app_metadata requires admin privileges";
        throw new AuthError(403, "not_admin", message);
      }
      await requireSecondFactor(auth, bearer, body);
      const password = readPasswordChange(auth, body);
      const email = await readEmailChange(auth, context, bearer.user, body);
      await applyChanges(auth, bearer, { password, email, data: object(body, "data") });
      return context.json(await presentUser(auth.sql, bearer.user.id));
    })
    .post("/logout", async (context) => {
      const { user, session } = await requireUser(auth, context);
      const scope = context.req.query("scope") ?? "global";
      if (!scopes.includes(scope as Scope)) {
        throw validationFailed(`Unsupported logout scope "${scope}"`);
      }
      await endSessions(auth.sql, user.id, session.id, scope as Scope);
      return context.body(null, 204);
    });
}

interface Changes {
  readonly password: PasswordChange | undefined;
  readonly email: EmailChange | undefined;
  readonly data: Json | undefined;
}

/** Password and address of a user with a second factor change only in sessions verified with it. */
async function requireSecondFactor(
  auth: Auth,
  { user, session }: Bearer,
  body: Body,
): Promise<void> {
  const email = text(body, "email")?.toLowerCase();
  if (text(body, "password") === undefined && (email === undefined || email === user.email)) return;
  if (session.aal === "aal2" || !(await hasVerifiedFactor(auth.sql, user.id))) return;
  const message = "AAL2 session is required to update email or password when MFA is enabled.";
  throw new AuthError(401, "insufficient_aal", message);
}

function readPasswordChange(auth: Auth, body: Body): PasswordChange | undefined {
  const password = text(body, "password");
  if (password === undefined) return undefined;
  checkPassword(password, auth.settings.config.auth);
  return { password, current: text(body, "current_password"), nonce: text(body, "nonce") };
}

/** A new address always needs confirmation, even where sign-ups do not: it may belong to another person. */
async function readEmailChange(
  auth: Auth,
  context: Context,
  user: UserRow,
  body: Body,
): Promise<EmailChange | undefined> {
  if (text(body, "email") === undefined) return undefined;
  const to = normalizeEmail(body.email);
  if (to === user.email) return undefined;
  if ((await findUserByEmail(auth.sql, to)) !== undefined) throw emailExists();
  return {
    to,
    redirectTo: allowedRedirect(auth.settings, requestedRedirect(context)),
    challenge: readChallenge(body),
    origin: originOf(context),
  };
}

async function applyChanges(
  auth: Auth,
  bearer: Bearer,
  { password, email, data }: Changes,
): Promise<void> {
  const { user } = bearer;
  const allowed = password && (await allowChange(auth, bearer, password));
  await auth.sql.begin(async (tx) => {
    if (allowed !== undefined) await applyChange(auth, tx, bearer, allowed);
    if (data !== undefined) await mergeMetadata(tx, user.id, "raw_user_meta_data", data);
    if (email !== undefined) await sendEmailChange(auth, tx, user, email);
  });
}
