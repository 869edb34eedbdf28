import { Hono } from "hono";
import type { Auth } from "../context.ts";
import { sendEmailChange } from "../email-change.ts";
import { AuthError, validationFailed } from "../errors.ts";
import { enforceMailInterval, issueToken } from "../one-time.ts";
import { readChallenge, saveChallenge } from "../pkce.ts";
import { allowedRedirect } from "../redirects.ts";
import { bodyOf, originOf, requestedRedirect, requireUser, text } from "../request.ts";
import { findUserByEmail, normalizeEmail } from "../users.ts";
import { sendConfirmation } from "./signup.ts";

/** Emails on request: password recovery, resent confirmations, and reauthentication codes. */
export function recoveryRoutes(auth: Auth): Hono {
  const limit = auth.settings.config.auth.rate_limit.sign_in_sign_ups;
  return new Hono()
    .post("/recover", async (context) => {
      const origin = originOf(context);
      auth.limits.take("recover", origin.ip, limit);
      const body = await bodyOf(context);
      if (text(body, "email") === undefined) {
        throw validationFailed("Password recovery requires an email");
      }
      const email = normalizeEmail(body.email);
      const challenge = readChallenge(body);
      const redirectTo = allowedRedirect(auth.settings, requestedRedirect(context));
      const user = await findUserByEmail(auth.sql, email);
      if (user === undefined) return context.json({});
      enforceMailInterval(auth, user.recovery_sent_at);
      await auth.sql.begin(async (tx) => {
        if (challenge !== undefined) await saveChallenge(tx, user.id, challenge, "recovery");
        const usesPkce = challenge !== undefined;
        const token = await issueToken(auth, tx, user, "recovery_token", email, usesPkce);
        const mail = { user, to: email, token, redirectTo, ip: origin.ip };
        await auth.mailer.send(tx, { action: "recovery", ...mail });
      });
      return context.json({});
    })
    .post("/resend", async (context) => {
      const origin = originOf(context);
      auth.limits.take("resend", origin.ip, limit);
      const body = await bodyOf(context);
      const type = text(body, "type");
      if (type !== "signup" && type !== "email_change") {
        throw validationFailed("Missing one of these types: signup, email_change");
      }
      const user = await findUserByEmail(auth.sql, normalizeEmail(body.email));
      const redirectTo = allowedRedirect(auth.settings, requestedRedirect(context));
      const challenge = readChallenge(body);
      if (user === undefined) return context.json({});
      if (type === "signup" && user.email_confirmed_at === null) {
        const confirmation = { challenge, redirectTo, origin };
        await auth.sql.begin((tx) => sendConfirmation(auth, tx, user, confirmation));
      } else if (type === "email_change" && user.email_change) {
        const change = { to: user.email_change, redirectTo, challenge, origin };
        await auth.sql.begin((tx) => sendEmailChange(auth, tx, user, change));
      }
      return context.json({});
    })
    .get("/reauthenticate", async (context) => {
      const origin = originOf(context);
      const { user } = await requireUser(auth, context);
      if (user.email_confirmed_at === null) {
        throw new AuthError(422, "email_not_confirmed", "Please verify your email first.");
      }
      const to = user.email ?? "";
      enforceMailInterval(auth, user.reauthentication_sent_at);
      await auth.sql.begin(async (tx) => {
        const token = await issueToken(auth, tx, user, "reauthentication_token", to);
        const mail = { user, to, token, redirectTo: auth.settings.config.auth.site_url };
        await auth.mailer.send(tx, { action: "reauthentication", ...mail, ip: origin.ip });
      });
      return context.json({});
    });
}
