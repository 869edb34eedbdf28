import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import { type Env, openAsCaller, openTrusted, type Request, type Storage } from "../context.ts";
import { invalidSignature } from "../errors.ts";
import { ResumableServer, root, signedRoot } from "../resumable/server.ts";
import { type Permission, UploadSession } from "../resumable/session.ts";

/** Operation names for policies by TUS method. Downloading the bytes of an upload is not supported. */
const operations: Readonly<Record<string, string>> = {
  POST: "storage.tus.upload.create",
  PATCH: "storage.tus.upload.part",
  HEAD: "storage.tus.upload.get",
  DELETE: "storage.tus.upload.delete",
  OPTIONS: "storage.tus.upload.options",
};

/** Resumable uploads with the TUS protocol. */
export function resumableRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();
  const server = new ResumableServer(storage);

  const serve = async (c: Request, session: UploadSession): Promise<Response> => {
    await server.handle(c.env.incoming, c.env.outgoing, session);
    return RESPONSE_ALREADY_SENT;
  };

  const authorizeCaller = async (c: Request, operation: string): Promise<Permission> => {
    const access = await openAsCaller(storage, c, operation);
    const upsert = c.req.header("x-upsert") === "true";
    return { access, upsert, owner: access.caller.sub };
  };

  for (const path of [signedRoot, `${signedRoot}/:id`]) {
    routes.all(path, async (c, next) => {
      const operation = operations[c.req.method];
      if (operation === undefined) return next();
      const session = new UploadSession(storage, async (place) => {
        const token = c.req.header("x-signature");
        if (!token) throw invalidSignature("Missing x-signature header");
        const grant = await storage.signer.verifyUpload(token, place);
        return { access: openTrusted(storage, c, `${operation}_signed`), ...grant };
      });
      return serve(c, session);
    });
  }

  for (const path of [root, `${root}/:id`]) {
    routes.all(path, async (c, next) => {
      const operation = operations[c.req.method];
      if (operation === undefined) return next();
      return serve(c, new UploadSession(storage, () => authorizeCaller(c, operation)));
    });
  }

  return routes;
}
