import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { isOnSwiftError, OnSwiftError } from "../core/errors.ts";
import { notifyAll } from "../core/report.ts";
import { uuid } from "../core/uuid.ts";
import type { FileInput, FileSource, Upload, UploadedFile, UploadTarget } from "../types/files.ts";
import type { FileState, UploadOptions, UploadProgress, UploadState } from "../types/uploads.ts";
import { uploadAtOnce } from "./at-once.ts";
import { refuseFalseFiles, refuseRejected, verdicts } from "./false-files.ts";
import { Gate } from "./gate.ts";
import { chunkSize, deleteUpload, uploadResumably } from "./resumable.ts";
import { sourceOf } from "./source.ts";
import { Storage } from "./storage.ts";

/** How many files of one task are sent at the same time. */
const parallelFiles = 3;

/** Retries in a row, within about 12 seconds. */
const defaultRetries = 6;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface BatchPlan {
  readonly target: UploadTarget;
  readonly files: readonly UploadInput[];
  readonly fields?: object;
}

/** Uploads the files of one task: reserves, sends and confirms each of them. */
export class Batch {
  readonly gate = new Gate();
  readonly #backend: Backend;
  readonly #target: UploadTarget;
  readonly #fields: object | undefined;
  readonly #options: UploadOptions;
  readonly #sources: readonly (FileSource | UploadedFile)[];
  readonly #states: (Mutable<FileState> | null)[];
  /** Indexes of the files whose bytes do not show a type. */
  #unclear: ReadonlySet<number> = new Set();
  /** Bytes sent, by file. */
  readonly #loaded = new Map<number, number>();
  readonly #listeners: ReadonlySet<(progress: UploadProgress) => void>;

  constructor(
    backend: Backend,
    { target, files, fields }: BatchPlan,
    options: UploadOptions,
    listeners: ReadonlySet<(progress: UploadProgress) => void>,
  ) {
    this.#backend = backend;
    this.#target = target;
    this.#fields = fields;
    this.#options = options;
    this.#listeners = listeners;
    this.#sources = files.map((file, index) => (isUploaded(file) ? file : sourceOf(file, index)));
    this.#states = this.#sources.map((source, index) => resumableState(source, options, index));
  }

  state(): UploadState {
    return { files: this.#states.map((state) => state && { ...state }) };
  }

  /** Uploads all files and returns their ids. Reserves all of them first, so that no bytes are sent for a file that the backend refuses. */
  async upload(deadline: Deadline): Promise<readonly string[]> {
    await this.#reserve(deadline);
    await this.#refuseFalseFiles(deadline);
    const open = this.#sources.keys();
    const sendNext = async () => {
      for (const index of open) await this.#send(index, deadline);
    };
    await Promise.all(Array.from({ length: parallelFiles }, sendNext));
    return this.#sources.map((source, index) =>
      isUploaded(source) ? source.fileId : (this.#states[index]?.fileId ?? ""),
    );
  }

  /** Calls an operation of the backend as part of the task. The idempotency key allows retries. */
  async run<T>(name: string, args: object, idempotencyKey: string, deadline: Deadline): Promise<T> {
    await this.gate.untilOpen(deadline);
    const { maxRetries = defaultRetries } = this.#options;
    const options = { signal: deadline.signal, maxRetries, idempotencyKey };
    return deadline.race(this.#backend.run<T>({ name, args, kind: "write" }, options));
  }

  /** Discards the reserved files and ignores failures: reservations expire after a day. */
  async discard(): Promise<void> {
    const storage = new Storage(this.#backend);
    const reserved = this.#states.filter((state) => state !== null);
    const files = reserved.map(({ fileId }) => ({ fileId }));
    if (files.length === 0) return;
    const deletions = reserved.map(async ({ uploadId, done }) => {
      if (uploadId === undefined || done) return;
      await this.#backend.within({}, (deadline) => deleteUpload(storage, uploadId, deadline));
    });
    await Promise.allSettled(deletions);
    const operation = { name: "discard_uploads", args: { files }, kind: "write" } as const;
    await this.#backend.run(operation).catch(() => undefined);
  }

  /** Reserves all files, or none. */
  async #reserve(deadline: Deadline): Promise<void> {
    const open = this.#sources.flatMap((source, index) =>
      isUploaded(source) || this.#states[index] ? [] : [{ source, index }],
    );
    // Without any file, the backend names this together with the other errors.
    const isMissing = this.#sources.length === 0 && this.#fields !== undefined;
    if (open.length === 0 && !isMissing) return;
    const files = open.map(({ source: { name, size, type } }) => ({
      fileName: name,
      fileSize: size,
      mimeType: type || undefined,
    }));
    const args = { ...this.#target, files, fields: this.#fields };
    const response = this.run<{ readonly uploads: readonly Upload[] }>(
      "create_uploads",
      args,
      uuid(),
      deadline,
    );
    const { uploads } = await response.catch((error) => {
      throw isOnSwiftError(error) && error.details ? withTaskIndexes(error, open) : error;
    });
    for (const [place, { source, index }] of open.entries()) {
      const upload = uploads[place];
      if (!upload) continue;
      const { fileId, bucket, path, mimeType: type, expiresAt } = upload;
      const { name, size } = source;
      this.#states[index] = { fileId, bucket, path, name, size, type, expiresAt };
    }
  }

  async #send(index: number, deadline: Deadline): Promise<void> {
    const source = this.#sources[index];
    const state = this.#states[index];
    if (source === undefined || isUploaded(source) || !state) return;
    if (!state.done) {
      const { maxRetries = defaultRetries } = this.#options;
      const upload = source.size < chunkSize ? uploadAtOnce : uploadResumably;
      await upload(source, state, {
        storage: new Storage(this.#backend),
        gate: this.gate,
        deadline,
        maxRetries,
        onSent: (bytes) => this.#reportProgress(index, source, bytes),
      });
      const { fileId } = state;
      await this.run("confirm_upload", { fileId }, `confirm:${fileId}`, deadline);
      state.done = true;
      if (this.#unclear.has(index)) {
        const { signal } = this.#options;
        await this.#discardOnError(() => refuseRejected(this.#backend, fileId, index, signal));
      }
    }
    this.#reportProgress(index, source, source.size);
  }

  /** Refuses files whose bytes show another type, before any is sent. Discards the reservations. */
  async #refuseFalseFiles(deadline: Deadline): Promise<void> {
    const open = this.#sources.flatMap((source, index) => {
      const state = this.#states[index];
      return isUploaded(source) || !state || state.done
        ? []
        : [{ index, source, type: state.type }];
    });
    await this.#discardOnError(async () => {
      this.#unclear = await deadline.race(refuseFalseFiles(open));
    });
  }

  /** An upload of false files cannot be resumed, so its reservations are discarded. */
  async #discardOnError(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (isOnSwiftError(error) && verdicts.includes(error.code)) void this.discard();
      throw error;
    });
  }

  #reportProgress(index: number, { name, size }: FileSource, bytes: number): void {
    // Some runtimes count the bytes around the body too.
    const loaded = Math.min(bytes, size);
    if (this.#loaded.get(index) === loaded) return;
    this.#loaded.set(index, loaded);
    const sizes = this.#sources.map((source) => (isUploaded(source) ? 0 : source.size));
    const overall = { loaded: sum([...this.#loaded.values()]), total: sum(sizes) };
    notifyAll(this.#listeners, { index, file: name, loaded, total: size, overall });
  }
}

/** A file in the input of an upload operation. */
export type UploadInput = FileInput | UploadedFile;

const isUploaded = (file: UploadInput): file is UploadedFile =>
  typeof file === "object" && file !== null && "fileId" in file;

/** Returns the state of the same file in an earlier task, if its reservation has not expired. */
function resumableState(
  source: FileSource | UploadedFile,
  { resumeFrom }: UploadOptions,
  index: number,
): FileState | null {
  // What an app has stored may be damaged.
  const state = (resumeFrom as Partial<UploadState> | undefined)?.files?.[index];
  if (!state || isUploaded(source)) return null;
  const same = state.name === source.name && state.size === source.size;
  return same && Date.parse(state.expiresAt) > Date.now() ? { ...state } : null;
}

/** Changes `files[n]` in an error from the file's index in the request to its index in the task. */
function withTaskIndexes(
  error: OnSwiftError,
  open: readonly { readonly index: number }[],
): OnSwiftError {
  const { code, message, status, retryable, retryAfter, requestId } = error;
  const rename = (_: string, place: string) => `files[${open[Number(place)]?.index ?? place}]`;
  const details =
    error.details?.map((one) => ({
      ...one,
      field: one.field.replace(/^files\[(\d+)\]/, rename),
    })) ?? null;
  return new OnSwiftError({
    ...{ code, message, status, retryable, retryAfter, requestId },
    details,
    cause: error,
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
