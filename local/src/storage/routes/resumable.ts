import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Server } from "@tus/server";
import { type Context, Hono } from "hono";
import type { Bindings } from "../app.ts";
import type { Storage } from "../context.ts";
import { createResumable } from "../resumable.ts";

/** Uploads in pieces, after the tus protocol: by whoever the policies let, or with a signed address's token. */
export function resumableRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();
  const signed = createResumable(storage, "signed");
  const open = createResumable(storage, "open");
  for (const path of ["/upload/resumable/sign", "/upload/resumable/sign/:id"]) {
    routes.all(path, handled(signed));
  }
  for (const path of ["/upload/resumable", "/upload/resumable/:id"]) {
    routes.all(path, handled(open));
  }
  return routes;
}

/** Node's own request and response: pieces go from the socket to the file. */
const handled = (server: Server) => async (context: Context<Bindings>) => {
  await server.handle(context.env.incoming, context.env.outgoing);
  return RESPONSE_ALREADY_SENT;
};
