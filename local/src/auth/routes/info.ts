import { Hono } from "hono";
import type { Auth } from "../context.ts";

/** What anybody may know about this service. */
export function infoRoutes(auth: Auth): Hono {
  const { config } = auth.settings;
  return new Hono()
    .get("/health", async (context) => {
      await auth.sql`select 1`;
      return context.json({ version: "embedded", name: "GoTrue", description: "Embedded Auth" });
    })
    .get("/settings", (context) =>
      context.json({
        external: { email: true, phone: false, anonymous_users: false },
        disable_signup: !config.auth.enable_signup,
        mailer_autoconfirm: !config.auth.email.enable_confirmations,
        phone_autoconfirm: false,
        sms_provider: "",
        saml_enabled: false,
      }),
    )
    .get("/.well-known/jwks.json", (context) => {
      context.header("cache-control", "public, max-age=600");
      return context.json({ keys: auth.signer.publicKeys });
    });
}
