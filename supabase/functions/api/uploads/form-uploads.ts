import { encodeHex } from "@std/encoding/hex.js";
import { ApiError } from "../http/errors.ts";
import { FormFile, type FormValue } from "../http/form.ts";
import type { FormContext } from "../operation.ts";
import { StorageError } from "../storage/client.ts";
import { type Candidate, refuse, refuseRejected, sortOut } from "./false-files.ts";

/** A file of the caller that is being uploaded, as the database describes it. */
export interface Upload {
  readonly fileId: string;
  readonly uploadType: UploadType;
  readonly bucket: string;
  readonly path: string;
  readonly mimeType: string;
  readonly state: string;
}

type UploadType = "deliverable" | "sample" | "avatar";

/** What the files are uploaded for: ids of the path, and fields of the form. */
export interface Target {
  readonly uploadType: UploadType;
  readonly ids?: Readonly<Record<string, FormValue | undefined>>;
  /** The other fields of the form, which the database checks before anything is uploaded. */
  readonly fields: Readonly<Record<string, FormValue>>;
}

type UploadContext = Pick<
  FormContext,
  "call" | "storage" | "background" | "bearer" | "idempotencyKey" | "form"
>;

/**
 * Does with the files of a form what a caller would do with several requests: reserves them, uploads them
 * with the caller's own rights, and passes them to `use`. When a step fails, the uploads are discarded.
 *
 * A repetition with the same idempotency key finds the earlier reservations and continues with them.
 */
export async function uploadThen(
  context: UploadContext,
  target: Target,
  use: (uploads: readonly Upload[]) => Promise<string>,
): Promise<string> {
  const { call, background, idempotencyKey, form } = context;
  const key = (await derivedKey(idempotencyKey)) ?? null;
  const uploads = await reserve(context, target, key);
  const files = form.files.filter((file) => file instanceof FormFile);
  try {
    const { mismatching, unclear } = await sortOut(candidatesOf(uploads, files));
    refuse(mismatching);
    await sendToStorage(context, uploads, files);
    // The response with an avatar waits for its scan anyway.
    if (target.uploadType !== "avatar") await refuseRejected(call, unclear);
    return await use(uploads);
  } catch (error) {
    // An avatar that waits for its scan can still be chosen later.
    if (!(error instanceof ApiError && error.code === "SCAN_PENDING")) {
      const discarding = call(
        "discard_uploads",
        { files: uploads.map(({ fileId }) => ({ fileId })) },
        { key },
      );
      background(discarding);
      await discarding.catch(() => undefined);
    }
    throw error;
  }
}

async function reserve(
  { call, form }: UploadContext,
  { uploadType, ids = {}, fields }: Target,
  key: string | null,
): Promise<readonly Upload[]> {
  const files = await Promise.all(form.files.map((file) => describe(file, key !== null)));
  const given = textsOf(ids);
  const json = { uploadType, ...given, files, fields: textsOf(fields) };
  const args = { ...json, ...stringsIn(given) };
  const reserved = await call("create_uploads", {}, { key, input: { json, args } });
  return (JSON.parse(reserved) as { uploads: readonly Upload[] }).uploads;
}

async function sendToStorage(
  { storage, bearer = "" }: UploadContext,
  uploads: readonly Upload[],
  files: readonly FormFile[],
): Promise<void> {
  const sent = await Promise.allSettled(
    uploads.map(async (upload, index) => {
      const bytes = files[index]?.bytes;
      if (upload.state !== "reserved" || bytes === undefined) return;
      await storage.upload(bearer, upload, bytes, upload.mimeType).catch(ignoreIfUploaded);
    }),
  );
  // All uploads have ended before any of them is discarded.
  for (const one of sent) if (one.status === "rejected") throw one.reason;
}

const candidatesOf = (uploads: readonly Upload[], files: readonly FormFile[]): Candidate[] =>
  uploads.map(({ fileId, mimeType, state }, index) => ({
    fileId,
    mimeType,
    fileName: files[index]?.name ?? "",
    // A repeated request has used its files already.
    firstBytes: state === "reserved" || state === "uploaded" ? files[index]?.bytes : undefined,
    field: `files[${index}].mimeType`,
  }));

/** Another request with this key has uploaded or confirmed the object. `use` will check it. */
function ignoreIfUploaded(error: unknown): void {
  const codes = ["AccessDenied", "KeyAlreadyExists"];
  if (!(error instanceof StorageError) || !codes.includes(error.code)) throw error;
}

/** A digest distinguishes a repetition from another form with the same key. */
async function describe(file: FormValue, withDigest: boolean) {
  if (!(file instanceof FormFile)) return file;
  const { name, type, bytes } = file;
  return {
    fileName: name,
    fileSize: bytes.length,
    mimeType: type,
    ...(withDigest ? { digest: await digestOf(bytes) } : {}),
  };
}

/** A file in a text field is shown to the database as an object, which it refuses by name. */
const textsOf = (fields: Readonly<Record<string, FormValue | undefined>>) =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value instanceof FormFile ? {} : value]),
  );

const stringsIn = (ids: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(ids).map(([name, value]) => [name, typeof value === "string" ? value : null]),
  );

/** The key of the reservations. The request's own key belongs to what is created from them. */
async function derivedKey(key: string | undefined): Promise<string | undefined> {
  // The database refuses a key of invalid length.
  if (key === undefined || key === "" || key.length > 255) return key;
  return `form:${await digestOf(new TextEncoder().encode(key))}`;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}
