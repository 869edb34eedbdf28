import { Hono } from "hono";
import type { Access } from "../access.ts";
import { requireBucket } from "../buckets.ts";
import {
  type Env,
  objectPlace,
  openAs,
  openTrusted,
  type Request,
  type Storage,
} from "../context.ts";
import { readIncoming } from "../incoming.ts";
import type { Place } from "../names.ts";
import { probeUpload, upload } from "../upload.ts";

const wantsUpsert = (c: Request): boolean => c.req.header("x-upsert") === "true";

/** Uploads in one request: as oneself, or with an address that somebody else signed. */
export function uploadRoutes(storage: Storage): Hono<Env> {
  const routes = new Hono<Env>();

  const receive = async (access: Access, c: Request, place: Place, upsert: boolean) => {
    const incoming = await readIncoming(c.env.incoming);
    const wanted = { ...place, owner: access.caller.sub, upsert };
    const object = await upload(storage, access, wanted, incoming);
    return c.json({ Id: object.id, Key: `${place.bucket}/${place.name}` });
  };

  routes.post("/object/upload/sign/*", async (c) => {
    const place = objectPlace(c, "/object/upload/sign/");
    const access = await openAs(storage, c, "storage.object.sign_upload_url");
    const grant = { owner: access.caller.sub, upsert: wantsUpsert(c) };
    await access.asService((tx) => requireBucket(tx, place.bucket));
    await probeUpload(access, { ...place, ...grant }, {}, undefined);
    const token = await storage.signer.forUpload(place, grant);
    const path = `/object/upload/sign/${place.bucket}/${place.name}`;
    return c.json({ url: `${path}?token=${token}`, token });
  });

  routes.put("/object/upload/sign/*", async (c) => {
    const place = objectPlace(c, "/object/upload/sign/");
    const grant = await storage.signer.verifyUpload(c.req.query("token"), place);
    const access = openTrusted(storage, c, "storage.object.upload_signed");
    await upload(storage, access, { ...place, ...grant }, await readIncoming(c.env.incoming));
    return c.json({ Key: `${place.bucket}/${place.name}` });
  });

  routes.post("/object/*", async (c) => {
    const place = objectPlace(c, "/object/");
    const access = await openAs(storage, c, "storage.object.upload");
    return receive(access, c, place, wantsUpsert(c));
  });

  routes.put("/object/*", async (c) => {
    const place = objectPlace(c, "/object/");
    const access = await openAs(storage, c, "storage.object.upload_update");
    return receive(access, c, place, true);
  });

  return routes;
}
