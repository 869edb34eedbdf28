import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { loaded } from "./core/loaded.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import { sizeQuery } from "./images.ts";
import type {
  CleanFile,
  Download,
  DownloadOptions,
  DownloadUrl,
  FileInput,
  NewUpload,
  Upload,
  UploadList,
  UploadTarget,
  UploadType,
} from "./types/files.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import { uploadTask } from "./upload/task.ts";

/** A scan usually takes seconds; it takes longer if the scanner is down. */
const scanTimeoutMs = 120_000;

/**
 * Uploads step by step, scans and downloads. `deliverables.submit`, `samples.add` and `users.setAvatar` do
 * all the steps of an upload themselves.
 */
export class Files {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Uploads 1 to 10 files without using them yet, for example while the user fills in a form. Pass the
   * `fileId`s to `deliverables.submit` within 24 hours.
   *
   * Requires: as {@link Files.createUpload}.
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
   * Reserves the upload of one file for 24 hours. Upload the bytes to `bucket` and `path` with `mimeType` as
   * the content type, then call {@link Files.confirm}. Images, documents and archives can have at most 50 MB,
   * videos 100 MB, avatars 5 MB.
   *
   * Requires: assignee of the task (deliverable), project creator (sample) or signed-in user (avatar).
   * Errors: `VALIDATION_ERROR`, `FILE_TOO_LARGE`, `TALENT_ONLY`, `FORBIDDEN`, `NOT_FOUND`, `INVALID_STATE`,
   * `RATE_LIMITED` (10 upload batches per hour), `CONFLICT` (idempotency key used for another request).
   */
  createUpload(upload: NewUpload, options?: CallOptions): Call<Upload> {
    const keys = ["uploadType", "fileName", "fileSize", "mimeType"] as const;
    const args = () => onlyKeys<AnyUpload>(upload, ...keys, "projectId", "taskId", "deliverableId");
    return this.#backend.call("create", "create_upload", args, options);
  }

  /**
   * Confirms an upload and queues its scan. The backend compares size and type with the reservation. Repeating
   * it changes nothing and returns the current state.
   *
   * Requires: uploader.
   * Errors: `VALIDATION_ERROR`, `FILE_MISMATCH` (the file is removed), `UPLOAD_MISSING`, `NOT_FOUND`,
   * `FORBIDDEN`.
   */
  confirm(fileId: string, options?: CallOptions): Call<Upload> {
    return this.#backend.call("write", "confirm_upload", { fileId }, options);
  }

  /**
   * Discards up to 10 reserved or uploaded files that are not in use. Files that are in use, already removed
   * or uploaded by another user are not changed.
   *
   * Requires: uploader.
   * Errors: `VALIDATION_ERROR`.
   */
  discard(fileIds: readonly string[], options?: CallOptions): Call<null> {
    const args = () => ({ files: fileIds.map((fileId) => ({ fileId })) });
    return this.#backend.call("write", "discard_uploads", args, options);
  }

  /**
   * Waits until the scan of a file is finished, for at most 2 minutes unless `timeoutMs` is set.
   *
   * Requires: as {@link Files.download}.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `UPLOAD_MISSING`, `FILE_INFECTED`, `FILE_MISMATCH`.
   */
  waitUntilClean(fileId: string, options: CallOptions = {}): Call<CleanFile> {
    const { timeoutMs = scanTimeoutMs } = options;
    return call(() =>
      this.#backend.within({ ...options, timeoutMs }, async (deadline) => {
        const { waitUntilClean } = await deadline.race(loaded(import("./upload/scan.ts")));
        return waitUntilClean(this.#backend, fileId, deadline, options);
      }),
    );
  }

  /**
   * Returns a URL that works for one hour without a token, for an `<img>` or a link. Everyone who has the URL
   * can open it. With `image`, it leads to a smaller image; see {@link DownloadOptions}.
   *
   * Requires: as {@link Files.download}.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `UPLOAD_MISSING`, `SCAN_PENDING`, `FILE_INFECTED`,
   * `FILE_MISMATCH`, `RATE_LIMITED` (100 requests per minute).
   * @example
   * ```ts
   * const options = { image: { width: 320, height: 240 } };
   * const { downloadUrl } = await onswift.files.downloadUrl(file.id, options).orThrow();
   * ```
   */
  downloadUrl(fileId: string, options: DownloadOptions = {}): Call<DownloadUrl> {
    const { image = {}, ...rest } = options;
    const path = () => {
      const query = sizeQuery(image);
      return `/files/${encodeURIComponent(fileId)}/download-url${query === "" ? "" : `?${query}`}`;
    };
    return this.#backend.read(path, rest);
  }

  /**
   * Downloads a file as a stream, so that it is never in memory as a whole. The options apply until the first
   * byte arrives. With `image`, downloads a smaller image; the other properties describe the original.
   *
   * Requires: uploader, or a user who can see the deliverable or sample that the file belongs to.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `UPLOAD_MISSING`, `SCAN_PENDING`, `FILE_INFECTED`,
   * `FILE_MISMATCH`.
   * @example
   * ```ts
   * const { body } = await onswift.files.download(file.id).orThrow();
   * await pipeline(body, createWriteStream(file.fileName));
   * ```
   */
  download(fileId: string, options: DownloadOptions = {}): Call<Download> {
    return call(() =>
      this.#backend.within(options, async (deadline) => {
        // Apps start without the code of downloads.
        const { download } = await deadline.race(loaded(import("./upload/download.ts")));
        return download(this.#backend, fileId, deadline, options);
      }),
    );
  }
}

/** The fields of all kinds of upload. */
interface AnyUpload {
  readonly uploadType: UploadType;
  readonly fileName: string;
  readonly fileSize: number;
  readonly mimeType: string;
  readonly projectId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly deliverableId?: string | undefined;
}
