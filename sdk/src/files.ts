import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import type {
  CleanFile,
  Download,
  DownloadUrl,
  FileInput,
  NewUpload,
  Upload,
  UploadList,
  UploadTarget,
  UploadType,
} from "./types/files.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import { scanMs, untilClean } from "./upload/scan.ts";
import { Storage } from "./upload/storage.ts";
import { uploadTask } from "./upload/task.ts";

/**
 * Files of all kinds. `deliverables.submit`, `samples.add` and `users.setAvatar` upload by themselves; here
 * are the steps one by one, and what comes afterwards: the scan, and downloading.
 */
export class Files {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Uploads files without using them yet, in the background of a form for instance; hand their `fileId`s to
   * `deliverables.submit` within 24 hours.
   *
   * Errors: those of {@link Files.createUpload} and {@link Files.confirm}.
   */
  upload(
    target: UploadTarget,
    files: readonly FileInput[],
    options?: UploadOptions,
  ): UploadTask<UploadList> {
    const finish = async (fileIds: readonly string[]) => ({
      files: fileIds.map((fileId) => ({ fileId })),
    });
    return uploadTask(this.#backend, () => ({ target, files, finish }), options);
  }

  /**
   * Reserves a place for one file, for 24 hours. Upload the bytes to `bucket` and `path` with `mimeType` as
   * their type, then call {@link Files.confirm}. Talents for deliverables, a project's creator for samples,
   * anybody for an avatar. Images, documents and archives can have 50 MB, videos 100, avatars 5.
   *
   * Errors: `VALIDATION_ERROR`, `FILE_TOO_LARGE`, `TALENT_ONLY`, `FORBIDDEN`, `NOT_FOUND`, `INVALID_STATE`,
   * `RATE_LIMITED` after ten batches in an hour, `CONFLICT` for a reused idempotency key.
   */
  createUpload(upload: NewUpload, options?: CallOptions): Call<Upload> {
    return call(async () => {
      const own = ["uploadType", "fileName", "fileSize", "mimeType"] as const;
      const args = pick<Announced>(upload, ...own, "projectId", "taskId", "deliverableId");
      return this.#backend.run({ name: "create_upload", args, kind: "write" }, options);
    });
  }

  /**
   * Says that a file is uploaded: it is compared with what was announced, and scanned. Whoever reserved it.
   * Repeating it tells how far the file is.
   *
   * Errors: `FILE_MISMATCH` (it is not kept then), `UPLOAD_MISSING`, `NOT_FOUND`, `FORBIDDEN`.
   */
  confirm(fileId: string, options?: CallOptions): Call<Upload> {
    return call(() =>
      this.#backend.run({ name: "confirm_upload", args: { fileId }, kind: "write" }, options),
    );
  }

  /**
   * Gives up to ten files that were reserved or uploaded and not used yet. Whoever reserved them; what is
   * used already, gone or somebody else's is left alone.
   *
   * Errors: `VALIDATION_ERROR`.
   */
  discard(fileIds: readonly string[], options?: CallOptions): Call<null> {
    const args = { files: fileIds.map((fileId) => ({ fileId })) };
    return call(() => this.#backend.run({ name: "discard_uploads", args, kind: "write" }, options));
  }

  /**
   * Waits for the scan of a file; two minutes at most where `timeoutMs` says nothing. Whoever may download it.
   *
   * Errors: `FILE_INFECTED`, `FILE_MISMATCH`, `UPLOAD_MISSING`, `NOT_FOUND`, `FORBIDDEN`.
   */
  waitUntilClean(fileId: string, options: CallOptions = {}): Call<CleanFile> {
    const { timeoutMs = scanMs } = options;
    return call(() =>
      this.#backend.within({ ...options, timeoutMs }, (deadline) =>
        untilClean(this.#backend, fileId, deadline, options),
      ),
    );
  }

  /**
   * An address that lasts an hour and needs no token, for an `<img>` or a link. It works for everybody who
   * has it. Who uploaded the file, and who may see what it is part of.
   *
   * Errors: `SCAN_PENDING`, `FILE_INFECTED`, `FILE_MISMATCH`, `UPLOAD_MISSING`, `NOT_FOUND`, `FORBIDDEN`.
   */
  downloadUrl(fileId: string, options?: CallOptions): Call<DownloadUrl> {
    return call(() =>
      this.#backend.read(`/files/${encodeURIComponent(fileId)}/download-url`, options),
    );
  }

  /**
   * Downloads a file with one's own token, as a stream: nothing of it is kept in memory. Who uploaded the
   * file, and who may see what it is part of. The options hold until the first byte.
   *
   * Errors: those of {@link Files.downloadUrl}.
   * @example
   * ```ts
   * const { body } = await onswift.files.download(file.id).orThrow();
   * await pipeline(body, createWriteStream(file.fileName));
   * ```
   */
  download(fileId: string, options?: CallOptions): Call<Download> {
    return call(() =>
      this.#backend.within(options, async (deadline) => {
        const operation = { name: "get_download", args: { fileId }, kind: "read" } as const;
        const file: CleanFile = await this.#backend.runWithin(deadline, operation, options);
        const response = await new Storage(this.#backend).open(deadline, file.bucket, file.path);
        const body = response.body ?? new Blob([]).stream();
        return { ...file, body, blob: () => response.blob() };
      }),
    );
  }
}

/** All that any kind of upload names. */
interface Announced {
  readonly uploadType: UploadType;
  readonly fileName: string;
  readonly fileSize: number;
  readonly mimeType: string;
  readonly projectId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly deliverableId?: string | undefined;
}
