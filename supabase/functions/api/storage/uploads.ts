import { headSize, matchType } from "../../_shared/file-type.ts";
import type { Arguments } from "../database/client.ts";
import { ApiError, type FieldError } from "../http/errors.ts";
import type { FormFile } from "../http/form-file.ts";
import type { CallDatabase, Input } from "../operation.ts";
import { StorageRefusal } from "./client.ts";

/** A file of the caller's on its way, as the database tells of it. */
export interface Upload {
  readonly fileId: string;
  readonly uploadType: "deliverable" | "sample" | "avatar";
  readonly bucket: string;
  readonly path: string;
  readonly mimeType: string;
  readonly state: string;
}

type Means = Pick<
  Input<unknown, unknown, unknown>,
  "call" | "storage" | "background" | "bearer" | "idempotencyKey"
>;

/**
 * Takes the files of a form through what a caller would do with several requests: reserves their places,
 * sends their bytes to Storage with the caller's own rights, and has `use` make them part of something.
 * When any of it fails, what was uploaded is given up.
 *
 * A repetition with the same idempotency key finds the reservations of the first time and goes on from
 * where that one came to.
 */
export async function throughUploads(
  { call, storage, background, bearer = "", idempotencyKey }: Means,
  target: Arguments & { readonly uploadType: Upload["uploadType"] },
  files: readonly FormFile[],
  use: (uploads: readonly Upload[]) => Promise<string>,
): Promise<string> {
  const options = { key: (await derivedKey(idempotencyKey)) ?? null };
  const described = await Promise.all(files.map((file) => describe(file, options.key !== null)));
  const reserved = await call("create_uploads", { ...target, files: described }, options);
  const uploads = (JSON.parse(reserved) as { uploads: readonly Upload[] }).uploads;

  try {
    await refuseOtherTypes(uploads, files);
    const sent = await Promise.allSettled(
      uploads.map(async (upload, index) => {
        const bytes = files[index]?.bytes;
        if (upload.state !== "reserved" || bytes === undefined) return;
        await storage.upload(bearer, upload, bytes, upload.mimeType).catch(unlessSettled);
      }),
    );
    // All of them have ended before any is given up.
    for (const one of sent) if (one.status === "rejected") throw one.reason;
    return await use(uploads);
  } catch (error) {
    // What only waits for its scan is worth keeping.
    if (!(error instanceof ApiError && error.code === "SCAN_PENDING")) {
      const given = uploads.map(({ fileId }) => ({ fileId }));
      const giving = call("discard_uploads", { files: given }, options);
      background(giving);
      await giving.catch(() => undefined);
    }
    throw error;
  }
}

/**
 * What shows at once that it is something else than it is called does not go to Storage at all. What does
 * not show it is the scan's to judge.
 */
async function refuseOtherTypes(uploads: readonly Upload[], files: readonly FormFile[]) {
  const details: FieldError[] = [];
  for (const [index, { mimeType }] of uploads.entries()) {
    const file = files[index];
    if (file === undefined) continue;
    if ((await matchType(file.bytes.subarray(0, headSize), mimeType)) !== "mismatch") continue;
    const message = `"${file.name}" is not of the type that was announced.`;
    details.push({ field: `files[${index}].mimeType`, message });
  }
  const [first] = details;
  if (first !== undefined) throw new ApiError("FILE_MISMATCH", first.message, { details });
}

/** Another request with this key has brought the object, or seals it just now: `use` will see. */
function unlessSettled(error: unknown): void {
  const settled = ["AccessDenied", "KeyAlreadyExists"];
  if (!(error instanceof StorageRefusal) || !settled.includes(error.code)) throw error;
}

/** With a digest where a repetition is to be told from another form with the same key. */
async function describe({ name, type, bytes }: FormFile, digested: boolean) {
  return {
    fileName: name,
    fileSize: bytes.length,
    mimeType: type,
    ...(digested ? { digest: await digestOf(bytes) } : {}),
  };
}

/** The reservations' own, since the request's belongs to what the files become. */
async function derivedKey(key: string | undefined): Promise<string | undefined> {
  // One of the wrong length is the database's to refuse.
  if (key === undefined || key === "" || key.length > 255) return key;
  return `form:${await digestOf(new TextEncoder().encode(key))}`;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest).toHex();
}

/**
 * A submission that is refused for a file that is not what was announced undoes everything, also the end
 * of that file. Confirming the files by themselves makes it last.
 */
export async function droppingMismatches(
  call: CallDatabase,
  files: readonly { readonly fileId?: string | null | undefined }[],
  submitting: Promise<string>,
): Promise<string> {
  return await submitting.catch(async (error: unknown) => {
    if (error instanceof ApiError && error.code === "FILE_MISMATCH") {
      await Promise.allSettled(files.map(({ fileId }) => call("confirm_upload", { fileId })));
    }
    throw error;
  });
}

/**
 * Errors name a form's own fields: what the database says of `files[0].fileName` is said of `files[0]`,
 * or of the one field that holds the file.
 */
export function inFormFields<Answer>(field: string, work: Promise<Answer>): Promise<Answer> {
  return work.catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.details === undefined) throw error;
    const { code, message, cause } = error;
    const details = error.details.map((detail) => ({
      ...detail,
      field: formField(detail.field, field),
    }));
    throw new ApiError(code, message, { details, cause });
  });
}

function formField(name: string, field: string): string {
  const [, place] = /^(files\[\d+\])\.\w+$/.exec(name) ?? [];
  if (place !== undefined) return field === "files" ? place : field;
  return ["files", "fileId", "fileSize", "avatarFileId"].includes(name) ? field : name;
}
