import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { isOnSwiftError, OnSwiftError } from "../core/errors.ts";
import { tellAll } from "../core/report.ts";
import { uuid } from "../core/uuid.ts";
import type { FileInput, FileSource, Upload, UploadedFile, UploadTarget } from "../types/files.ts";
import type { FileState, UploadOptions, UploadProgress, UploadState } from "../types/uploads.ts";
import { uploadAtOnce } from "./at-once.ts";
import type { Gate } from "./gate.ts";
import { chunkSize, dropUpload, uploadResumably } from "./resumable.ts";
import { sourceOf } from "./source.ts";
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
  readonly #sources: readonly (FileSource | UploadedFile)[];
  readonly #states: (Mutable<FileState> | null)[];
  /** Bytes sent, by file. */
  readonly #loaded = new Map<number, number>();
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
  }

  state(): UploadState {
    return { files: this.#states.map((state) => state && { ...state }) };
  }

  /** Reserves every place before the first byte goes out, so that a file the backend refuses costs none. */
  async deliver(deadline: Deadline): Promise<readonly string[]> {
    await this.#reserve(deadline);
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
    const held = this.#states.filter((state) => state !== null);
    const files = held.map(({ fileId }) => ({ fileId }));
    if (files.length === 0) return;
    const dropped = held.map(async ({ uploadId, done }) => {
      if (uploadId === undefined || done) return;
      await this.#backend.within({}, (deadline) => dropUpload(storage, uploadId, deadline));
    });
    await Promise.allSettled(dropped);
    const discard = { name: "discard_uploads", args: { files }, kind: "write" } as const;
    await this.#backend.run(discard).catch(() => undefined);
  }

  /** All of them, or none. */
  async #reserve(deadline: Deadline): Promise<void> {
    const open = this.#sources.flatMap((source, index) =>
      isUploaded(source) || this.#states[index] ? [] : [{ source, index }],
    );
    if (open.length === 0) return;
    const files = open.map(({ source: { name, size, type } }) => ({
      fileName: name,
      fileSize: size,
      mimeType: type || undefined,
    }));
    const args = { ...this.#target, files };
    const reserved = this.run<{ readonly uploads: readonly Upload[] }>(
      "create_uploads",
      args,
      uuid(),
      deadline,
    );
    const { uploads } = await reserved.catch((error) => {
      throw isOnSwiftError(error) && error.details ? renumbered(error, open) : error;
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

  #tell(index: number, { name, size }: FileSource, bytes: number): void {
    // What is sent around the bytes counts as sent with some runtimes.
    const loaded = Math.min(bytes, size);
    if (this.#loaded.get(index) === loaded) return;
    this.#loaded.set(index, loaded);
    const sizes = this.#sources.map((source) => (isUploaded(source) ? 0 : source.size));
    const overall = { loaded: sum([...this.#loaded.values()]), total: sum(sizes) };
    tellAll(this.#listeners, { index, file: name, loaded, total: size, overall });
  }
}

/** What callers hand over as a file. */
export type Given = FileInput | UploadedFile;

const isUploaded = (file: Given): file is UploadedFile =>
  typeof file === "object" && file !== null && "fileId" in file;

/** What an earlier task knew about the same file, as long as its place is kept. */
function known(
  source: FileSource | UploadedFile,
  { resumeFrom }: UploadOptions,
  index: number,
): FileState | null {
  const state = resumeFrom?.files[index];
  if (!state || isUploaded(source)) return null;
  const same = state.name === source.name && state.size === source.size;
  return same && Date.parse(state.expiresAt) > Date.now() ? { ...state } : null;
}

/** An error names each file by its place in the call, which is not its place among those to reserve. */
function renumbered(
  error: OnSwiftError,
  open: readonly { readonly index: number }[],
): OnSwiftError {
  const { code, message, status, retryable, retryAfter } = error;
  const here = (_: string, place: string) => `files[${open[Number(place)]?.index ?? place}]`;
  const details =
    error.details?.map((one) => ({ ...one, field: one.field.replace(/^files\[(\d+)\]/, here) })) ??
    null;
  return new OnSwiftError({ code, message, status, retryable, retryAfter, details, cause: error });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
