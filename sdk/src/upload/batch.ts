import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { isOnSwiftError, OnSwiftError } from "../core/errors.ts";
import type { FileInput, Upload, UploadedFile, UploadTarget } from "../types/files.ts";
import type { FileState, UploadOptions, UploadProgress, UploadState } from "../types/uploads.ts";
import { uploadAtOnce } from "./at-once.ts";
import type { Gate } from "./gate.ts";
import { someKey } from "./key.ts";
import { chunkSize, dropUpload, uploadResumably } from "./resumable.ts";
import { type Source, sourceOf } from "./source.ts";
import { Storage } from "./storage.ts";

/** Files of one task that are sent at the same time. */
const lanes = 3;

/** Retries in a row, over some twelve seconds. */
const defaultRetries = 6;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The files of one task on their way: each is reserved, sent and confirmed. */
export class Batch {
  readonly #backend: Backend;
  readonly #gate: Gate;
  readonly #target: UploadTarget;
  readonly #options: UploadOptions;
  readonly #sources: readonly (Source | UploadedFile)[];
  readonly #states: (Mutable<FileState> | null)[];
  readonly #loaded: number[];
  readonly #listeners: ReadonlySet<(progress: UploadProgress) => void>;

  constructor(
    backend: Backend,
    gate: Gate,
    { target, files }: { readonly target: UploadTarget; readonly files: readonly Given[] },
    options: UploadOptions,
    listeners: ReadonlySet<(progress: UploadProgress) => void>,
  ) {
    this.#backend = backend;
    this.#gate = gate;
    this.#target = target;
    this.#options = options;
    this.#listeners = listeners;
    this.#sources = files.map((file, index) => (isUploaded(file) ? file : sourceOf(file, index)));
    this.#states = this.#sources.map((source, index) => known(source, options, index));
    this.#loaded = this.#sources.map(() => 0);
  }

  state(): UploadState {
    return { files: this.#states.map((state) => state && { ...state }) };
  }

  /** Reserves every place before the first byte goes out, so that a file the backend refuses costs none. */
  async deliver(deadline: Deadline): Promise<readonly string[]> {
    await Promise.all(this.#sources.map((_, index) => this.#reserve(index, deadline)));
    const open = this.#sources.keys();
    const lane = async () => {
      for (const index of open) await this.#send(index, deadline);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return this.#sources.map((source, index) =>
      isUploaded(source) ? source.fileId : (this.#states[index]?.fileId ?? ""),
    );
  }

  /** An operation of the backend as a part of the task. A lost answer does not end it: the key says so. */
  async run<T>(name: string, args: object, idempotencyKey: string, deadline: Deadline): Promise<T> {
    await this.#gate.passed(deadline);
    const { maxRetries = defaultRetries } = this.#options;
    const options = { signal: deadline.signal, maxRetries, idempotencyKey };
    return deadline.race(this.#backend.run<T>({ name, args, kind: "write" }, options));
  }

  /** Gives up what is reserved, as well as that works: what stays behind ends by itself in a day. */
  async giveUp(): Promise<void> {
    const storage = new Storage(this.#backend);
    const release = async ({ fileId, uploadId, done }: FileState) => {
      if (uploadId !== undefined && !done) {
        const drop = (deadline: Deadline) => dropUpload(storage, uploadId, deadline);
        await this.#backend.within({}, drop).catch(() => undefined);
      }
      await this.#backend.run({ name: "cancel_upload", args: { fileId }, kind: "write" });
    };
    await Promise.allSettled(this.#states.map((state) => state && release(state)));
  }

  async #reserve(index: number, deadline: Deadline): Promise<void> {
    const source = this.#sources[index];
    if (source === undefined || isUploaded(source) || this.#states[index]) return;
    const { name, size, type } = source;
    const file = { fileName: name, fileSize: size, mimeType: type };
    const args = { ...this.#target, ...file };
    try {
      const place = await this.run<Upload>("create_upload", args, someKey(), deadline);
      const { fileId, bucket, path, mimeType, expiresAt } = place;
      this.#states[index] = { fileId, bucket, path, name, size, type: mimeType, expiresAt };
    } catch (error) {
      throw this.#sources.length > 1 && isOnSwiftError(error) ? about(index, error) : error;
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
        gate: this.#gate,
        deadline,
        maxRetries,
        onSent: (bytes) => this.#tell(index, source, bytes),
      });
      const { fileId } = state;
      await this.run("confirm_upload", { fileId }, `confirm:${fileId}`, deadline);
      state.done = true;
    }
    this.#tell(index, source, source.size);
  }

  #tell(index: number, { name, size }: Source, bytes: number): void {
    // What is sent around the bytes counts as sent with some runtimes.
    const loaded = Math.min(bytes, size);
    this.#loaded[index] = loaded;
    const sizes = this.#sources.map((source) => (isUploaded(source) ? 0 : source.size));
    const overall = { loaded: sum(this.#loaded), total: sum(sizes) };
    for (const listener of this.#listeners) {
      try {
        listener({ index, file: name, loaded, total: size, overall });
      } catch (error) {
        console.error(error);
      }
    }
  }
}

/** What callers hand over as a file. */
export type Given = FileInput | UploadedFile;

const isUploaded = (file: Given): file is UploadedFile =>
  typeof file === "object" && file !== null && "fileId" in file;

/** What an earlier task knew about the same file, as long as its place is kept. */
function known(
  source: Source | UploadedFile,
  { resumeFrom }: UploadOptions,
  index: number,
): FileState | null {
  const state = resumeFrom?.files[index];
  if (!state || isUploaded(source)) return null;
  const same = state.name === source.name && state.size === source.size;
  return same && Date.parse(state.expiresAt) > Date.now() ? { ...state } : null;
}

/** An error about one of several files says which. */
function about(index: number, error: OnSwiftError): OnSwiftError {
  const { code, message, status, retryable, retryAfter } = error;
  const details = error.details?.map(({ field, ...rest }) => ({
    ...rest,
    field: `files[${index}].${field}`,
  }));
  const init = { code, message, status, retryable, retryAfter, cause: error };
  return new OnSwiftError({ ...init, details: details ?? null });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
