import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Realtime } from "./context.ts";
import { limits } from "./limits.ts";
import { type Claims, TokenError } from "./tokens.ts";

const batchBody = z.object({
  messages: z
    .array(
      z.object({
        topic: z.string().min(1),
        event: z.string().min(1),
        payload: z.record(z.string(), z.unknown()),
        private: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(1000),
});

/** Creates the HTTP API for broadcasts, used by servers and by clients that have not joined a channel. */
export function createHttp(realtime: Realtime): Hono {
  const app = new Hono();

  const claimsOf = async (context: Context): Promise<Claims | undefined> => {
    const header = context.req.header("authorization") ?? context.req.header("apikey") ?? "";
    try {
      return await realtime.verify(header.replace(/^Bearer\s+/i, ""));
    } catch (error) {
      if (error instanceof TokenError) return undefined;
      throw error;
    }
  };
  const unauthorized = (context: Context) => context.json({ message: "Unauthorized" }, 401);
  const mayWrite = (context: Context, claims: Claims, topic: string) =>
    realtime.authorization.mayWrite({ claims, topic, headers: context.req.header() }, "broadcast");

  app.post("/api/broadcast", async (context) => {
    const claims = await claimsOf(context);
    if (claims === undefined) return unauthorized(context);
    const read = batchBody.safeParse(await context.req.json().catch(() => undefined));
    if (!read.success) return context.json({ errors: z.treeifyError(read.error) }, 422);
    const allowed = new Map<string, boolean>();
    for (const { topic, event, payload, private: isPrivate } of read.data.messages) {
      // Checked once per topic. As upstream, messages without the right to write are skipped.
      if (isPrivate && !allowed.has(topic)) {
        allowed.set(topic, await mayWrite(context, claims, topic));
      }
      if (isPrivate && allowed.get(topic) !== true) continue;
      realtime.hub.broadcast({ name: topic, isPrivate }, { event, payload });
    }
    return context.body(null, 202);
  });

  app.post("/api/broadcast/:topic/events/:event", async (context) => {
    const claims = await claimsOf(context);
    if (claims === undefined) return unauthorized(context);
    if (context.req.query("persist") !== undefined) {
      return context.json({ error: "The embedded Realtime does not support persist" }, 501);
    }
    const isPrivate = context.req.query("private") === "true";
    const { topic, event } = context.req.param();
    const body = Buffer.from(await context.req.arrayBuffer());
    if (body.length > limits.broadcastBytes) {
      return context.json({ error: "Payload size exceeds the allowed limit" }, 422);
    }
    const payload = payloadOf(context.req.header("content-type") ?? "", body);
    if (payload === "unsupported") return context.json({ error: "Unsupported Media Type" }, 415);
    if (payload === undefined) return context.json({ errors: { body: ["is not JSON"] } }, 422);
    if (isPrivate && !(await mayWrite(context, claims, topic))) {
      return context.json({ message: "Unauthorized" }, 403);
    }
    realtime.hub.broadcast({ name: topic, isPrivate }, { event, payload: payload.value });
    return context.body(null, 202);
  });

  app.notFound((context) =>
    context.json(
      {
        code: "not_implemented",
        message: `The embedded Realtime does not support ${context.req.method} ${context.req.path}.`,
      },
      501,
    ),
  );
  app.onError((error, context) => {
    realtime.log.error({ path: context.req.path, message: error.message });
    return context.json({ message: "Internal server error" }, 500);
  });
  return app;
}

function payloadOf(
  type: string,
  body: Buffer,
): { readonly value: unknown } | "unsupported" | undefined {
  if (type.startsWith("application/octet-stream")) return { value: body };
  if (!type.startsWith("application/json")) return "unsupported";
  try {
    return { value: JSON.parse(body.toString()) };
  } catch {
    return undefined;
  }
}
