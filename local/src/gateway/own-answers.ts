import { type Context, Hono } from "hono";
import type { PartHealth } from "../parts.ts";

/** Services of Supabase that this stack does not have. Serving one is a route instead of a line here. */
const absent: Readonly<Record<string, string>> = {
  "/realtime/v1": "Realtime",
  "/graphql/v1": "GraphQL (the extension pg_graphql)",
};

/** What the gateway answers by itself. */
export function ownAnswers(healthOf: () => Readonly<Record<string, PartHealth>>): Hono {
  const app = new Hono();
  app.get("/", (c) =>
    c.json({
      message: "An embedded Supabase stack for development.",
      services: ["/auth/v1", "/rest/v1", "/storage/v1", "/functions/v1"],
      health: "/health",
    }),
  );
  app.get("/health", (c) => {
    const parts = healthOf();
    const ok = Object.values(parts).every((part) => part.state === "healthy");
    return c.json({ status: ok ? "ok" : "degraded", parts }, ok ? 200 : 503, {
      "cache-control": "no-store",
    });
  });
  for (const [path, name] of Object.entries(absent)) {
    const answer = (c: Context) => c.json(notHere(name), 501);
    app.all(path, answer);
    app.all(`${path}/*`, answer);
  }
  app.notFound((c) =>
    c.json({ code: "not_found", message: `Nothing answers at ${c.req.path}.` }, 404),
  );
  return app;
}

export const notHere = (name: string) => ({
  code: "not_implemented",
  message: `The embedded stack has no ${name}.`,
});
