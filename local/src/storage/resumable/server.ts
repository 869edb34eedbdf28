import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { MemoryLocker, Server, type ServerOptions } from "@tus/server";
import type { Storage } from "../context.ts";
import { alreadyExists, StorageError } from "../errors.ts";
import { toStorageError } from "../to-storage-error.ts";
import type { UploadSession } from "./session.ts";

type TusRequest = Parameters<NonNullable<ServerOptions["onIncomingRequest"]>>[0];

export const root = "/upload/resumable";
export const signedRoot = `${root}/sign`;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Serves the TUS protocol with `@tus/server`. Permissions and completion are in `UploadSession`. */
export class ResumableServer {
  readonly #server: Server;
  readonly #sessions = new WeakMap<IncomingMessage, UploadSession>();

  constructor(storage: Storage) {
    const store = storage.uploads;
    const locker = new MemoryLocker();
    this.#server = new Server({
      path: root,
      datastore: store,
      locker,
      // Milliseconds an older request can continue after a new one for the same upload arrives.
      lockDrainTimeout: 500,
      respectForwardedHeaders: true,
      generateUrl: (request, { proto, host, path, id }) => {
        const prefix = request.headers.get("x-forwarded-prefix") ?? "";
        const isSigned = new URL(request.url).pathname === signedRoot;
        return `${proto}://${host}${prefix}${isSigned ? signedRoot : path}/${id}`;
      },
      getFileIdFromRequest: (_request, id) => (uuid.test(id ?? "") ? id : undefined),
      namingFunction: async (request, metadata) => {
        await this.#sessionOf(request).prepare(metadata);
        return randomUUID();
      },
      maxSize: (request) => this.#sessionOf(request).limit,
      onIncomingRequest: async (request, id) => {
        const session = this.#sessionOf(request);
        if (request.method === "POST") {
          await session.probe(lengthOf(request));
          return;
        }
        const { metadata, size, offset } = await store.getUpload(id);
        // As upstream, reading the offset needs no token if the URL is not signed.
        if (request.method === "HEAD" && !isSigned(request)) return;
        await session.prepare(metadata);
        if (request.method === "PATCH" && (await store.isFinished(id))) throw alreadyExists("Key");
        if (!isSigned(request) && offset !== size) await session.probe(size);
      },
      onUploadFinish: async (request, upload) => {
        // The library has already released its lock. Lock again while the file becomes the object, so
        // that no request writes to it and concurrent requests wait for the result.
        const lock = locker.newLock(upload.id);
        await lock.lock(new AbortController().signal, () => undefined);
        try {
          await this.#sessionOf(request).finish(store, upload.id);
        } finally {
          await lock.unlock();
        }
        return { headers: { "Tus-Complete": "1" } };
      },
      onResponseError: (_request, error) => {
        // Errors of the library are plain objects; it formats them itself.
        if (!(error instanceof Error) || "status_code" in error) return undefined;
        const storageError = toStorageError(error);
        if (storageError.status >= 500 && !(error instanceof StorageError)) {
          const { message, stack } = error;
          storage.log.error({ path: root, message, stack }, storageError.message);
        }
        return { status_code: storageError.status, body: storageError.message };
      },
    });
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    session: UploadSession,
  ): Promise<void> {
    this.#sessions.set(request, session);
    await this.#server.handle(request, response);
  }

  #sessionOf(request: TusRequest): UploadSession {
    const node = request.runtime?.node?.req as IncomingMessage | undefined;
    const session = node === undefined ? undefined : this.#sessions.get(node);
    if (session === undefined) throw new Error("The request has no upload session.");
    return session;
  }
}

const isSigned = (request: TusRequest): boolean =>
  new URL(request.url).pathname.startsWith(signedRoot);

function lengthOf(request: TusRequest): number | undefined {
  const length = request.headers.get("upload-length");
  return length === null ? undefined : Number(length);
}
