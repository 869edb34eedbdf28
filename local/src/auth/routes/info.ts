import { Hono } from "hono";
import type { Auth } from "../context.ts";

/** Sign-in providers that clients look for in `/settings`. None is supported. */
const unsupportedProviders = (
  "apple azure bitbucket discord facebook figma fly github gitlab google kakao keycloak linkedin " +
  "linkedin_oidc notion slack slack_oidc snapchat spotify twitch twitter workos x zoom phone"
).split(" ");

/** Public information about this service: health, settings and signing keys. */
export function infoRoutes(auth: Auth): Hono {
  const { config } = auth.settings;
  const { enabled, enable_signup, enable_confirmations } = config.auth.email;
  return new Hono()
    .get("/health", async (context) => {
      await auth.sql`select 1`;
      return context.json({ version: "embedded", name: "GoTrue", description: "Embedded Auth" });
    })
    .get("/settings", (context) =>
      context.json({
        external: {
          ...Object.fromEntries(unsupportedProviders.map((name) => [name, false])),
          anonymous_users: false,
          email: enabled && enable_signup,
        },
        disable_signup: !config.auth.enable_signup,
        mailer_autoconfirm: !enable_confirmations,
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
