import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Auth } from "../context.ts";
import { AuthError, isUniqueViolation, notImplemented, validationFailed } from "../errors.ts";
import {
  completeChallenge,
  openChallenge,
  requireChallenge,
  requireCode,
} from "../factor-verification.ts";
import { type FactorRow, factorsOf, findFactor, removeFactor } from "../factors.ts";
import { type Bearer, type Body, bodyOf, originOf, requireUser, text } from "../request.ts";
import { newTotp } from "../totp.ts";

/** As upstream: 15 challenges and 15 verifications a minute for each client address. */
const perFiveMinutes = 75;

/** Second factors of the caller: enrol, challenge, verify, unenroll. */
export function factorRoutes(auth: Auth): Hono {
  return new Hono()
    .post("/factors", async (context) => {
      const bearer = await requireUser(auth, context);
      return context.json(await enroll(auth, bearer, await bodyOf(context)));
    })
    .post("/factors/:id/challenge", async (context) => {
      const { factor } = await ownFactor(auth, context);
      const origin = originOf(context);
      auth.limits.take("factor-challenge", origin.ip, perFiveMinutes);
      requireTotpVerification(auth, factor);
      return context.json(await openChallenge(auth, factor, origin));
    })
    .post("/factors/:id/verify", async (context) => {
      const { bearer, factor } = await ownFactor(auth, context);
      const origin = originOf(context);
      auth.limits.take("factor-verify", origin.ip, perFiveMinutes);
      const body = await bodyOf(context);
      const code = text(body, "code");
      if (code === undefined) throw validationFailed("Code needs to be non-empty");
      requireTotpVerification(auth, factor);
      const challengeId = text(body, "challenge_id") ?? "";
      await requireChallenge(auth, factor, challengeId, origin);
      await requireCode(auth, factor, code, origin);
      return context.json(await completeChallenge(auth, bearer, factor, challengeId, origin));
    })
    .delete("/factors/:id", async (context) => {
      const { bearer, factor } = await ownFactor(auth, context);
      if (factor.status === "verified" && bearer.session.aal !== "aal2") {
        throw new AuthError(422, "insufficient_aal", "AAL2 required to unenroll verified factor");
      }
      await auth.sql.begin((tx) => removeFactor(tx, factor));
      return context.json({ id: factor.id });
    });
}

async function ownFactor(
  auth: Auth,
  context: Context,
): Promise<{ readonly bearer: Bearer; readonly factor: FactorRow }> {
  const bearer = await requireUser(auth, context);
  return {
    bearer,
    factor: await findFactor(auth.sql, bearer.user.id, context.req.param("id") ?? ""),
  };
}

function requireTotpVerification(auth: Auth, { factor_type }: FactorRow): void {
  if (factor_type !== "totp") throw notImplemented(`factors of type ${factor_type}`);
  if (!auth.settings.config.auth.mfa.totp.verify_enabled) {
    const message = "MFA verification is disabled for TOTP";
    throw new AuthError(422, "mfa_totp_verify_not_enabled", message);
  }
}

async function enroll(auth: Auth, bearer: Bearer, body: Body): Promise<object> {
  const type = text(body, "factor_type");
  requireEnrolment(auth, type);
  const name = text(body, "friendly_name") ?? "";
  const issuer = text(body, "issuer") ?? new URL(auth.settings.config.auth.site_url).host;
  await requireRoom(auth, bearer, name);
  const totp = newTotp(issuer, bearer.user.email ?? "");
  const id = randomUUID();
  await auth.sql`
    insert into auth.mfa_factors (
      id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at
    )
    values (${id}, ${bearer.user.id}, ${name}, 'totp', 'unverified', ${totp.secret}, now(), now())
  `.catch((error) => {
    throw isUniqueViolation(error) ? nameConflict(name) : error;
  });
  return { id, type: "totp", friendly_name: name, totp };
}

/** Throws unless factors of this type can be enrolled. Phone and WebAuthn are disabled where upstream's default is. */
function requireEnrolment(auth: Auth, type: string | undefined): void {
  const { totp, phone, web_authn } = auth.settings.config.auth.mfa;
  const disabled = (label: string) =>
    new AuthError(
      422,
      `mfa_${label.toLowerCase()}_enroll_not_enabled`,
      `MFA enroll is disabled for ${label}`,
    );
  switch (type) {
    case "totp":
      if (!totp.enroll_enabled) throw disabled("TOTP");
      return;
    case "phone":
      throw phone.enroll_enabled ? notImplemented("factors of type phone") : disabled("Phone");
    case "webauthn":
      throw web_authn.enroll_enabled
        ? notImplemented("factors of type webauthn")
        : disabled("WebAuthn");
    default:
      throw validationFailed("factor_type needs to be totp, phone, or webauthn");
  }
}

async function requireRoom(auth: Auth, { user, session }: Bearer, name: string): Promise<void> {
  // As upstream: abandoned enrolments of all users.
  await auth.sql`
    delete from auth.mfa_factors as f
    where f.status <> 'verified'
      and f.created_at < now() - interval '5 minutes'
      and not exists (select from auth.mfa_challenges as c where c.factor_id = f.id)`;
  const factors = await factorsOf(auth.sql, [user.id]);
  if (factors.some((factor) => (factor.friendly_name ?? "") === name)) throw nameConflict(name);
  if (factors.length >= auth.settings.config.auth.mfa.max_enrolled_factors) {
    throw new AuthError(
      422,
      "too_many_enrolled_mfa_factors",
      "Maximum number of verified factors reached, unenroll to continue",
    );
  }
  if (session.aal !== "aal2" && factors.some((factor) => factor.status === "verified")) {
    throw new AuthError(403, "insufficient_aal", "AAL2 required to enroll a new factor");
  }
}

const nameConflict = (name: string) =>
  new AuthError(
    422,
    "mfa_factor_name_conflict",
    `A factor with the friendly name ${JSON.stringify(name)} for this user already exists`,
  );
