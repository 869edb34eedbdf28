import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Bindings } from "../app.ts";
import { requireCaller } from "../caller.ts";
import type { Storage } from "../context.ts";
import { noSuchKey, notImplemented, StorageError } from "../errors.ts";
import { checkKey } from "../names.ts";
import {
  checkInsert,
  findAsCaller,
  findAsService,
  type ObjectRow,
  type Place,
  requireBucket,
} from "../objects.ts";
import { asCaller } from "../scope.ts";
import { send } from "../send.ts";
import { upload } from "../upload.ts";
import { asking, bodyAs, placeOf } from "./asked.ts";

const lifetime = z
  .number()
  .int()
  .min(1)
  .max(10 * 365 * 86_400);
const one = z.object({ expiresIn: lifetime, transform: z.unknown().optional() });
const many = z.object({ expiresIn: lifetime, paths: z.array(z.string()).min(1).max(500) });

/** Not encoded: clients of Storage encode the whole address themselves. */
const address = (kind: "sign" | "upload/sign", { bucket, name }: Place, token: string) =>
  `/object/${kind}/${bucket}/${name}?token=${token}`;

const missing = "Either the object does not exist or you do not have access to it";

/** Addresses that carry their own permission: made by whoever has it, used by whoever holds them. */
export function signedRoutes(storage: Storage): Hono<Bindings> {
  const routes = new Hono<Bindings>();
  const { tokens } = storage;

  /** The token is for this place, and no other. */
  const requireUrl = (url: string, { bucket, name }: Place) => {
    if (url !== `${bucket}/${name}`) {
      throw new StorageError(400, "InvalidSignature", "The url do not match the signature");
    }
  };
  const tokenOf = (context: Context) => {
    const token = context.req.query("token");
    if (token === undefined || token === "") {
      throw new StorageError(
        400,
        "InvalidRequest",
        "querystring must have required property 'token'",
      );
    }
    return token;
  };

  routes.post("/object/upload/sign/:bucket/:name{.+}", async (context) => {
    const caller = await requireCaller(storage, context);
    const place = placeOf(context);
    const asked = asking(context, "storage.object.sign_upload_url");
    const upsert = context.req.header("x-upsert") === "true";
    checkKey(place.name);
    await requireBucket(storage, asked, place.bucket);
    await checkInsert(storage, caller, asked, place, { upsert, metadata: {} });
    const url = `${place.bucket}/${place.name}`;
    const token = await tokens.signUpload({ url, upsert, owner: caller.owner });
    return context.json({ url: address("upload/sign", place, token), token });
  });

  routes.put("/object/upload/sign/:bucket/:name{.+}", async (context) => {
    const ticket = await tokens.readUpload(tokenOf(context));
    const place = placeOf(context);
    requireUrl(ticket.url, place);
    const asked = asking(context, "storage.object.upload_signed");
    const row = await upload(storage, asked, place, ticket, context.env.incoming);
    return context.json({ Key: `${row.bucket_id}/${row.name}` });
  });

  routes.post("/object/sign/:bucket/:name{.+}", async (context) => {
    const caller = await requireCaller(storage, context);
    const { expiresIn, transform } = await bodyAs(context, one);
    if (transform !== undefined && transform !== null) throw notImplemented("Transforming images");
    const place = placeOf(context);
    const asked = asking(context, "storage.object.sign");
    await requireBucket(storage, asked, place.bucket);
    if ((await findAsCaller(storage, caller, asked, place)) === undefined) throw noSuchKey();
    const token = await tokens.signDownload(`${place.bucket}/${place.name}`, expiresIn);
    return context.json({ signedURL: address("sign", place, token) });
  });

  routes.post("/object/sign/:bucket", async (context) => {
    const caller = await requireCaller(storage, context);
    const { expiresIn, paths } = await bodyAs(context, many);
    const bucket = context.req.param("bucket");
    const asked = asking(context, "storage.object.sign_many");
    await requireBucket(storage, asked, bucket);
    const rows = await asCaller(
      storage,
      caller,
      asked,
      (tx) => tx<Pick<ObjectRow, "name">[]>`
        select name from storage.objects where bucket_id = ${bucket} and name = any (${paths})`,
    );
    const seen = new Set(rows.map(({ name }) => name));
    const signed = await Promise.all(
      paths.map(async (path) => {
        if (!seen.has(path)) return { error: missing, path, signedURL: null };
        const token = await tokens.signDownload(`${bucket}/${path}`, expiresIn);
        return { error: null, path, signedURL: address("sign", { bucket, name: path }, token) };
      }),
    );
    return context.json(signed);
  });

  routes.get("/object/sign/:bucket/:name{.+}", async (context) => {
    const ticket = await tokens.readDownload(tokenOf(context));
    const place = placeOf(context);
    requireUrl(ticket.url, place);
    const object = await findAsService(
      storage,
      asking(context, "storage.object.get_signed"),
      place,
    );
    if (object === undefined) throw noSuchKey();
    return send(storage, context, object);
  });

  return routes;
}
