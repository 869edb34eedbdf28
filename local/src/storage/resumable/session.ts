import type { Access } from "../access.ts";
import { requireBucket } from "../buckets.ts";
import type { Storage } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import { parseUserMetadata } from "../incoming-upload.ts";
import { requireHeaderText, requireMediaType } from "../media-types.ts";
import { requireKey } from "../names.ts";
import { toStorageError } from "../to-storage-error.ts";
import {
  limitOf,
  type ObjectProperties,
  probeUpload,
  storeObject,
  type Upload as Target,
} from "../upload.ts";
import type { UploadStore } from "./store.ts";

type Metadata = Readonly<Record<string, string | null>> | undefined;

/** The permission of a TUS request for its target object. */
export interface Permission {
  readonly access: Access;
  readonly owner: string | undefined;
  readonly upsert: boolean;
}

/** Handles one TUS request for one upload. */
export class UploadSession {
  readonly #storage: Storage;
  readonly #authorize: (place: { bucket: string; name: string }) => Promise<Permission>;
  #upload:
    | {
        readonly permission: Permission;
        readonly target: Target;
        readonly properties: ObjectProperties;
      }
    | undefined;
  /** Maximum size of the upload in bytes; set by `prepare`. */
  limit = 0;

  constructor(
    storage: Storage,
    authorize: (place: { bucket: string; name: string }) => Promise<Permission>,
  ) {
    this.#storage = storage;
    this.#authorize = authorize;
  }

  /** Reads target and properties, authorizes the caller and checks the bucket's rules. */
  async prepare(metadata: Metadata): Promise<void> {
    const { bucketName: id, objectName: name } = metadata ?? {};
    if (!id || !name) throw invalidRequest("Metadata header is required");
    requireKey(name);
    const properties = readProperties(metadata);
    const permission = await this.#authorize({ bucket: id, name });
    const { owner, upsert } = permission;
    const bucket = await permission.access.asService((tx) => requireBucket(tx, id));
    requireMediaType(properties.mimetype, bucket.allowed_mime_types);
    this.limit = limitOf(this.#storage, bucket);
    this.#upload = { permission, properties, target: { bucket: id, name, owner, upsert } };
  }

  /** Checks the policies. Runs for every part, because the caller can lose rights during an upload. */
  async probe(length: number | undefined): Promise<void> {
    const { permission, target, properties } = this.#requireUpload();
    const { mimetype, userMetadata } = properties;
    const metadata = { mimetype, ...(length === undefined ? {} : { contentLength: length }) };
    await probeUpload(permission.access, target, metadata, userMetadata);
  }

  /** Turns the complete upload into an object, with the upload's id as its version. */
  async finish(store: UploadStore, id: string): Promise<void> {
    if (await store.isFinished(id)) return;
    const { permission, target, properties } = this.#requireUpload();
    const received = await this.#storage.bytes.adopt(store.pathOf(id), id);
    try {
      await storeObject(this.#storage, permission.access, target, received, properties);
    } catch (error) {
      // A permanent error: a retry with the same bytes would fail again.
      if (toStorageError(error).status < 500) await store.remove(id);
      throw error;
    }
    await store.finish(id);
  }

  #requireUpload() {
    if (this.#upload === undefined) throw new Error("prepare() must run first.");
    return this.#upload;
  }
}

function readProperties(metadata: Metadata): ObjectProperties {
  const { contentType, cacheControl, contentEncoding, metadata: userMetadata } = metadata ?? {};
  return {
    mimetype: contentType || "application/octet-stream",
    cacheControl: /^\d+$/.test(cacheControl ?? "") ? `max-age=${cacheControl}` : "no-cache",
    contentEncoding: contentEncoding
      ? requireHeaderText(contentEncoding, "contentEncoding")
      : undefined,
    userMetadata: parseUserMetadata(userMetadata),
  };
}
