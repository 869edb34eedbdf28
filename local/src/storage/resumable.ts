import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Metadata, Server, type Upload } from "@tus/server";
import { callerOfToken } from "./caller.ts";
import type { Storage } from "./context.ts";
import { duplicate, invalidRequest, StorageError, told } from "./errors.ts";
import { checkKey } from "./names.ts";
import {
  checkInsert,
  complete,
  findAsService,
  metadataOf,
  type Place,
  requireBucket,
} from "./objects.ts";
import { parsed } from "./receive.ts";
import type { Asked } from "./scope.ts";
import { type Permission, requireType, sizeLimitOf } from "./upload.ts";

const day = 86_400_000;
const hour = 3_600_000;

type About = Upload["metadata"];
type Kind = "open" | "signed";

const words: Readonly<Record<string, string>> = {
  POST: "create",
  PATCH: "part",
  DELETE: "delete",
  GET: "get",
};

/**
 * The tus protocol over a folder of growing files. Who may go on is asked with every request, as it is for a
 * whole upload; the bytes become an object when the last of them has come.
 */
export function createResumable(storage: Storage, kind: Kind): Server {
  const path = kind === "signed" ? "/upload/resumable/sign" : "/upload/resumable";
  const store = new FileStore({
    directory: storage.blobs.resumable,
    expirationPeriodInMilliseconds: day,
  });

  const askedOf = (request: Request): Asked => ({
    operation: `storage.tus.upload.${words[request.method] ?? "get"}${kind === "signed" ? "_signed" : ""}`,
    method: request.method,
    path: new URL(request.url).pathname,
  });

  const permissionOf = async (request: Request, { bucket, name }: Place): Promise<Permission> => {
    if (kind === "signed") {
      const ticket = await storage.tokens.readUpload(request.headers.get("x-signature") ?? "");
      if (ticket.url !== `${bucket}/${name}`) {
        throw new StorageError(400, "InvalidSignature", "The url do not match the signature");
      }
      return ticket;
    }
    const token = /^Bearer\s+(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token === undefined) throw new StorageError(403, "AccessDenied", "Missing authorization");
    const upsert = request.headers.get("x-upsert") === "true";
    return { caller: await callerOfToken(storage, token), upsert };
  };

  /** The same questions as for an upload in one piece, before every piece. */
  const check = async (request: Request, about: About): Promise<Permission> => {
    const place = placeOf(about);
    const asked = askedOf(request);
    const permission = await permissionOf(request, place);
    const bucket = await requireBucket(storage, asked, place.bucket);
    requireType(bucket, typeOf(about));
    if ("caller" in permission) {
      await checkInsert(storage, permission.caller, asked, place, {
        upsert: permission.upsert,
        metadata: { mimetype: typeOf(about) },
        userMetadata: parsed(about?.metadata ?? undefined),
      });
    } else if (!permission.upsert && (await findAsService(storage, asked, place)) !== undefined) {
      throw duplicate();
    }
    return permission;
  };

  const finish = async (request: Request, upload: Upload): Promise<void> => {
    const permission = await check(request, upload.metadata);
    const blob = await storage.blobs.adopt(join(storage.blobs.resumable, upload.id));
    const age = upload.metadata?.cacheControl;
    await complete(storage, askedOf(request), placeOf(upload.metadata), blob, {
      owner: "caller" in permission ? permission.caller.owner : permission.owner,
      metadata: metadataOf(blob, typeOf(upload.metadata), age ? `max-age=${age}` : "no-cache"),
      userMetadata: parsed(upload.metadata?.metadata ?? undefined),
    });
  };

  const server = new Server({
    path,
    datastore: store,
    respectForwardedHeaders: true,
    namingFunction: () => randomUUID(),
    generateUrl: (_request, { proto, host, id }) => `${proto}://${host}/storage/v1${path}/${id}`,
    async maxSize(request, id) {
      const about =
        request.method === "POST" || id === null
          ? Metadata.parse(request.headers.get("upload-metadata") ?? undefined)
          : (await store.getUpload(id)).metadata;
      const bucket = await refusing(
        requireBucket(storage, askedOf(request), placeOf(about).bucket),
      );
      return sizeLimitOf(storage, bucket);
    },
    async onIncomingRequest(request, id) {
      if (request.method !== "PATCH" && request.method !== "DELETE") return;
      await refusing(check(request, (await store.getUpload(id)).metadata));
    },
    async onUploadCreate(request, upload) {
      await refusing(check(request, upload.metadata));
      return {};
    },
    async onUploadFinish(request, upload) {
      try {
        await refusing(finish(request, upload));
      } catch (error) {
        // It can never become an object; the client has to begin anew.
        await store.remove(upload.id).catch(() => undefined);
        throw error;
      }
      return {};
    },
  });

  const tidy = () => server.cleanUpExpiredUploads().catch(() => undefined);
  void tidy();
  setInterval(tidy, hour).unref();
  return server;
}

function placeOf(about: About): Place {
  const { bucketName, objectName } = about ?? {};
  if (!bucketName || !objectName) {
    throw invalidRequest("Upload-Metadata needs bucketName and objectName");
  }
  return { bucket: bucketName, name: checkKey(objectName) };
}

const typeOf = (about: About): string => about?.contentType ?? "application/octet-stream";

/** Refusals in the form the tus server answers: a status and a sentence. */
async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { statusCode, message } = told(error);
    throw { status_code: statusCode, body: message };
  }
}
