import { Hono } from "hono";
import type { Access } from "../access.ts";
import { requireBucket } from "../buckets.ts";
import {
  type Env,
  openAsCaller,
  openTrusted,
  type Request,
  readObjectPlace,
  type Storage,
} from "../context.ts";
import { readIncomingUpload } from "../incoming-upload.ts";
import type { Place } from "../names.ts";
import { probeUpload, upload } from "../upload.ts";

const isUpsert = (c: Request): boolean => c.req.header("x-upsert") === "true";

/** Single-request uploads: with the caller's own token, or with a signed upload URL. */
export function uploadRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const receive = async (access: Access, c: Request, place: Place, upsert: boolean) => {
    const incoming = await readIncomingUpload(c.env.incoming);
    const target = { ...place, owner: access.caller.sub, upsert };
    const object = await upload(storage, access, target, incoming);
    return c.json({ Id: object.id, Key: `${place.bucket}/${place.name}` });
  };

  routes.post("/object/upload/sign/*", async (c) => {
    const place = readObjectPlace(c, "/object/upload/sign/");
    const access = await openAsCaller(storage, c, "storage.object.sign_upload_url");
    const grant = { owner: access.caller.sub, upsert: isUpsert(c) };
    await access.asService((tx) => requireBucket(tx, place.bucket));
    await probeUpload(access, { ...place, ...grant }, {}, undefined);
    const token = await storage.signer.forUpload(place, grant);
    const path = `/object/upload/sign/${place.bucket}/${place.name}`;
    return c.json({ url: `${path}?token=${token}`, token });
  });

  routes.put("/object/upload/sign/*", async (c) => {
    const place = readObjectPlace(c, "/object/upload/sign/");
    const grant = await storage.signer.verifyUpload(c.req.query("token"), place);
    const access = openTrusted(storage, c, "storage.object.upload_signed");
    await upload(storage, access, { ...place, ...grant }, await readIncomingUpload(c.env.incoming));
    return c.json({ Key: `${place.bucket}/${place.name}` });
  });

  routes.post("/object/*", async (c) => {
    const place = readObjectPlace(c, "/object/");
    const access = await openAsCaller(storage, c, "storage.object.upload");
    return receive(access, c, place, isUpsert(c));
  });

  routes.put("/object/*", async (c) => {
    const place = readObjectPlace(c, "/object/");
    const access = await openAsCaller(storage, c, "storage.object.upload_update");
    return receive(access, c, place, true);
  });

  return routes;
}
