import type { Access } from "../access.ts";
import { requireBucket } from "../buckets.ts";
import type { Storage } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import { tellable } from "../failure.ts";
import { parsedMetadata } from "../incoming.ts";
import { requireHeaderText, requireMediaType } from "../media-types.ts";
import { requireKey } from "../names.ts";
import { type About, complete, limitOf, probeUpload, type Upload as Wanted } from "../upload.ts";
import type { UploadStore } from "./store.ts";

type Metadata = Readonly<Record<string, string | null>> | undefined;

/** What a request of the protocol may do, once it is known which upload it is about. */
export interface Permission {
  readonly access: Access;
  readonly owner: string | undefined;
  readonly upsert: boolean;
}

/** One request about one upload. */
export class UploadSession {
  readonly #storage: Storage;
  readonly #authorize: (place: { bucket: string; name: string }) => Promise<Permission>;
  #subject:
    | { readonly permission: Permission; readonly wanted: Wanted; readonly about: About }
    | undefined;
  /** Bytes the upload may have. */
  limit = 0;

  constructor(
    storage: Storage,
    authorize: (place: { bucket: string; name: string }) => Promise<Permission>,
  ) {
    this.#storage = storage;
    this.#authorize = authorize;
  }

  /** Finds out where the upload goes, and whether such a thing may go there at all. */
  async begin(metadata: Metadata): Promise<void> {
    const { bucketName: id, objectName: name } = metadata ?? {};
    if (!id || !name) throw invalidRequest("Metadata header is required");
    requireKey(name);
    const about = aboutOf(metadata);
    const permission = await this.#authorize({ bucket: id, name });
    const { owner, upsert } = permission;
    const bucket = await permission.access.asService((tx) => requireBucket(tx, id));
    requireMediaType(about.mimetype, bucket.allowed_mime_types);
    this.limit = limitOf(this.#storage, bucket);
    this.#subject = { permission, about, wanted: { bucket: id, name, owner, upsert } };
  }

  /** Asks the policies, on every part: rights may be lost while an upload goes on. */
  async probe(length: number | undefined): Promise<void> {
    const { permission, wanted, about } = this.#required();
    const { mimetype, userMetadata } = about;
    const known = { mimetype, ...(length === undefined ? {} : { contentLength: length }) };
    await probeUpload(permission.access, wanted, known, userMetadata);
  }

  /** All bytes are there: they become an object under the upload's id as its version. */
  async finish(store: UploadStore, id: string): Promise<void> {
    if (await store.isFinished(id)) return;
    const { permission, wanted, about } = this.#required();
    const received = await this.#storage.bytes.adopt(store.pathOf(id), id);
    try {
      await complete(this.#storage, permission.access, wanted, received, about);
    } catch (error) {
      // Refused for good, and not for now: the same bytes would be refused again.
      if (tellable(error).status < 500) await store.remove(id);
      throw error;
    }
    await store.finish(id);
  }

  #required() {
    if (this.#subject === undefined) throw new Error("The upload has not been looked up.");
    return this.#subject;
  }
}

function aboutOf(metadata: Metadata): About {
  const { contentType, cacheControl, contentEncoding, metadata: own } = metadata ?? {};
  return {
    mimetype: contentType || "application/octet-stream",
    cacheControl: /^\d+$/.test(cacheControl ?? "") ? `max-age=${cacheControl}` : "no-cache",
    contentEncoding: contentEncoding
      ? requireHeaderText(contentEncoding, "contentEncoding")
      : undefined,
    userMetadata: parsedMetadata(own),
  };
}
