import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, type OnSwift, type Upload } from "../src/index.ts";
import { storageWith } from "./fake-backend.ts";

/** A failure of one request: cut the connection after a number of bytes of its body, or send this response. */
export interface Trouble {
  readonly cutAfter?: number;
  /** The bytes arrive, and the connection is cut before the response. */
  readonly loseAnswer?: boolean;
  readonly status?: number;
  readonly body?: unknown;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

interface Place extends Omit<Upload, "state"> {
  state: Upload["state"] | "discarded";
  bytes: Buffer | null;
}

interface Resumable {
  readonly file: Place;
  readonly size: number;
  bytes: Buffer;
}

/**
 * The parts of the backend that uploads need, over real HTTP: reservations, Storage with resumable uploads,
 * and the operations that use files. `trouble` can make each request fail.
 */
export class FakeStorage {
  readonly seen: Seen[] = [];
  readonly places = new Map<string, Place>();
  trouble: (request: Seen, attempt: number) => Trouble | undefined = () => undefined;
  readonly #resumable = new Map<string, Resumable>();
  readonly #server: Server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  async listen(): Promise<void> {
    await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Creates a client with a signed-in user. */
  client(endsIn = 900): OnSwift {
    return createClient({
      url: this.url,
      key: "sb_publishable_test",
      storageKey: "session",
      storage: storageWith({ endsIn }),
    });
  }

  requests(method: string, path: string): readonly Seen[] {
    return this.seen.filter((one) => one.method === method && one.path.startsWith(path));
  }

  calls(operation: string): readonly Seen[] {
    return this.requests("POST", `/rest/v1/rpc/${operation}`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = request;
    const attempt = this.requests(method, path).length + 1;
    const early: Seen = { method, path, headers, body: null };
    const trouble = this.trouble(early, attempt);
    const { bytes, cut } = await receive(request, trouble?.cutAfter);
    const isJson = headers["content-type"] === "application/json";
    this.seen.push({
      ...early,
      body: isJson && !cut ? JSON.parse(bytes.toString()) : bytes.length,
    });
    if (trouble?.status !== undefined) {
      response.writeHead(trouble.status, { "content-type": "application/json" });
      response.end(JSON.stringify(trouble.body ?? {}));
      return;
    }
    const answer = this.#answer(method, path, headers, bytes, cut);
    if (cut || trouble?.loseAnswer) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, {
      "content-type": "application/json",
      ...answer.headers,
    });
    const { body } = answer;
    if (body === undefined) response.end();
    else response.end(body instanceof Buffer ? body : JSON.stringify(body));
  }

  #answer(
    method: string,
    path: string,
    headers: IncomingMessage["headers"],
    bytes: Buffer,
    cut: boolean,
  ): Answer {
    if (path.startsWith("/rest/v1/rpc/")) {
      return this.#call(path.slice("/rest/v1/rpc/".length), JSON.parse(bytes.toString()));
    }
    if (path.startsWith("/storage/v1/upload/resumable")) {
      return this.#resume(method, path.split("/")[5], headers, bytes);
    }
    const key = path.slice("/storage/v1/object/".length).replace(/^authenticated\//, "");
    const file = this.#at(decodeURIComponent(key));
    if (method === "GET") return { body: file.bytes };
    if (file.bytes !== null) return refused(409, "The resource already exists");
    if (!cut) file.bytes = bytes;
    return { body: { Id: randomUUID(), Key: `${file.bucket}/${file.path}` } };
  }

  #resume(
    method: string,
    id: string | undefined,
    headers: IncomingMessage["headers"],
    bytes: Buffer,
  ): Answer {
    if (id === undefined) {
      const metadata = new Map(
        String(headers["upload-metadata"])
          .split(",")
          .map((pair) => pair.split(" ") as [string, string]),
      );
      const decoded = (name: string) => Buffer.from(metadata.get(name) ?? "", "base64").toString();
      const file = this.#at(`${decoded("bucketName")}/${decoded("objectName")}`);
      if (file.bytes !== null) return refused(409, "The resource already exists");
      const made = randomUUID();
      const size = Number(headers["upload-length"]);
      this.#resumable.set(made, { file, size, bytes: Buffer.alloc(0) });
      // Like a service behind a proxy, which does not know its public address.
      const location = `http://storage.internal/storage/v1/upload/resumable/${made}`;
      return { status: 201, headers: { location } };
    }
    const upload = this.#resumable.get(id);
    if (!upload) return refused(404, "No such upload");
    if (method === "DELETE") {
      this.#resumable.delete(id);
      return { status: 204 };
    }
    if (method === "PATCH") {
      if (Number(headers["upload-offset"]) !== upload.bytes.length) {
        return refused(409, "Upload-Offset conflict");
      }
      upload.bytes = Buffer.concat([upload.bytes, bytes]);
      if (upload.bytes.length === upload.size) {
        upload.file.bytes = upload.bytes;
        this.#resumable.delete(id);
      }
    }
    return { status: 204, headers: { "upload-offset": String(upload.bytes.length) } };
  }

  #call(operation: string, args: Record<string, never>): Answer {
    switch (operation) {
      case "create_uploads": {
        const { files, ...target } = args as unknown as { files: object[] };
        const uploads = files.map((file) => this.#reserve({ ...target, ...file } as never));
        return { body: { uploads: uploads.map(documentOf) } };
      }
      case "confirm_upload": {
        const file = this.places.get(args.fileId ?? "");
        if (!file?.bytes) return refusal(409, "UPLOAD_MISSING");
        if (file.bytes.length !== file.fileSize) return refusal(400, "FILE_MISMATCH");
        file.state = "uploaded";
        return { body: documentOf(file) };
      }
      case "discard_uploads": {
        for (const { fileId } of args.files as unknown as { fileId: string }[]) {
          const file = this.places.get(fileId);
          if (file) file.state = "discarded";
        }
        return { status: 204 };
      }
      case "get_download": {
        const file = this.places.get(args.fileId ?? "");
        if (file?.state !== "clean") return refusal(409, "SCAN_PENDING");
        return { body: documentOf(file) };
      }
      default:
        return { body: { operation, ...(args as object) } };
    }
  }

  #reserve(args: Pick<Upload, "uploadType" | "fileName" | "fileSize" | "mimeType">): Place {
    const fileId = randomUUID();
    const place: Place = {
      ...args,
      mimeType: args.mimeType || "by the name",
      fileId,
      projectId: null,
      taskId: null,
      deliverableId: null,
      bucket: `${args.uploadType}s`,
      path: `p 1/${fileId}-${args.fileName}`,
      state: "reserved",
      scanStatus: "pending",
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      bytes: null,
    };
    this.places.set(fileId, place);
    return place;
  }

  #at(key: string): Place {
    for (const file of this.places.values()) {
      if (key === `${file.bucket}/${file.path}`) return file;
    }
    throw new Error(`Nothing is reserved at ${key}.`);
  }
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Reads a body to its end or until the connection has to be cut. */
async function receive(request: IncomingMessage, cutAfter = Number.POSITIVE_INFINITY) {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request) {
      parts.push(part.subarray(0, cutAfter - length));
      length += part.length;
      if (length >= cutAfter) return { bytes: Buffer.concat(parts), cut: true };
    }
  } catch {
    // The client has disconnected.
    return { bytes: Buffer.concat(parts), cut: true };
  }
  return { bytes: Buffer.concat(parts), cut: false };
}

const documentOf = ({ bytes: _, ...place }: Place) => place;

/** Sends an error response of Storage. */
const refused = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: String(status), message },
});

/** Sends an error response of PostgREST. */
const refusal = (status: number, hint: string): Answer => ({
  status,
  body: { code: `PT${status}`, hint, message: hint, details: null },
});
