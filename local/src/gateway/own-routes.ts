import { type Context, Hono } from "hono";
import type { PartHealth } from "../parts.ts";

/** Supabase services that this stack does not implement. To add one, move it to `routes.ts`. */
const unsupported: Readonly<Record<string, string>> = {
  "/graphql/v1": "GraphQL (the extension pg_graphql)",
};

/** Creates the routes that the gateway serves itself: `/`, `/health`, 501 and 404. */
export function ownRoutes(healthOf: () => Readonly<Record<string, PartHealth>>): Hono {
  const app = new Hono();
  app.get("/", (c) =>
    c.json({
      message: "An embedded Supabase stack for development.",
      services: ["/auth/v1", "/rest/v1", "/storage/v1", "/realtime/v1", "/functions/v1"],
      health: "/health",
    }),
  );
  app.get("/health", (c) => {
    const parts = healthOf();
    const ok = Object.values(parts).every((part) => part.state === "healthy");
    return c.json({ status: ok ? "ok" : "degraded", parts }, ok ? 200 : 503);
  });
  for (const [path, name] of Object.entries(unsupported)) {
    const respond = (c: Context) => c.json(notImplemented(name), 501);
    app.all(path, respond);
    app.all(`${path}/*`, respond);
  }
  app.notFound((c) =>
    c.json({ code: "not_found", message: `There is no service at ${c.req.path}.` }, 404),
  );
  return app;
}

export const notImplemented = (feature: string) => ({
  code: "not_implemented",
  message: `The embedded stack does not support ${feature}.`,
});
