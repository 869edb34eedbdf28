import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import { invalidRequest, tooLarge } from "./errors.ts";

/** What a request brings: its bytes not read yet, and all that is said about them. */
export interface Incoming {
  readonly bytes: Readable;
  readonly mimeType: string;
  readonly cacheControl: string;
  readonly userMetadata: unknown;
  /** Lets the rest of the request pass unread, so that whoever sends it gets to see the refusal. */
  abandon(): void;
}

const megabyte = 1024 * 1024;
const brokenOff = () => new Error("The upload was broken off");

/** Opens the body of an upload, whichever of the two forms it has. */
export async function openBody(request: IncomingMessage): Promise<Incoming> {
  const type = request.headers["content-type"] ?? "";
  return type.startsWith("multipart/form-data") ? openForm(request) : openRaw(request, type);
}

function openRaw(request: IncomingMessage, type: string): Incoming {
  const said = request.headers["x-metadata"];
  const bytes = new PassThrough();
  request.once("aborted", () => bytes.destroy(brokenOff()));
  return {
    bytes: request.pipe(bytes),
    mimeType: type === "" ? "application/octet-stream" : type,
    cacheControl: request.headers["cache-control"] ?? "no-cache",
    userMetadata:
      typeof said === "string" ? parsed(Buffer.from(said, "base64").toString()) : undefined,
    abandon: () => void request.unpipe(bytes).resume(),
  };
}

/** The fields that come before the file; the file's own bytes are left in the request. */
function openForm(request: IncomingMessage): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    const form = new Busboy({
      headers: { ...request.headers, "content-type": request.headers["content-type"] ?? "" },
      limits: { fieldSize: megabyte, fields: 10, files: 1 },
    });
    const abandon = () => {
      request.unpipe(form).resume();
    };
    const fail = (error: unknown) => {
      abandon();
      reject(invalidRequest(error instanceof Error ? error.message : String(error)));
    };
    form.on("field", (name, value, _nameCut, valueCut) => {
      if (valueCut) fail("A field of the form is longer than 1 MB");
      else fields.set(name, value);
    });
    form.on("file", (_field, file, _fileName, _encoding, partType) => {
      const age = fields.get("cacheControl");
      // A connection that breaks off ends the file too, as a failure and not as its end.
      const broken = () => file.destroy(brokenOff());
      request.once("aborted", broken);
      form.once("error", broken);
      resolve({
        bytes: file,
        mimeType: fields.get("contentType") ?? partType ?? "application/octet-stream",
        cacheControl: age === undefined ? "no-cache" : `max-age=${age}`,
        userMetadata: parsed(fields.get("metadata") ?? fields.get("userMetadata")),
        abandon,
      });
    });
    form.once("finish", () => fail("The form holds no file"));
    form.once("error", fail);
    request.once("aborted", () => fail(brokenOff()));
    request.pipe(form);
  });
}

/** JSON somebody keeps with an object; what is not JSON is not kept. */
export function parsed(text: string | undefined): unknown {
  if (text === undefined || text === "") return undefined;
  if (Buffer.byteLength(text) > megabyte) throw tooLarge();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
