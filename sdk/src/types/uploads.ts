import type { CallOptions } from "../core/options.ts";
import type { Call } from "../core/result.ts";

/**
 * A running upload together with the operation it is for. Like every call, it starts at once, never rejects
 * and resolves to `{ data, error }`.
 *
 * @example
 * ```ts
 * const task = onswift.deliverables.submit({ projectId, taskId, title, files });
 * task.on("progress", ({ overall }) => bar.set(overall.loaded / overall.total));
 * cancelButton.onclick = () => task.abort();
 * const { data, error } = await task;
 * ```
 */
export interface UploadTask<T> extends Call<T> {
  /** Adds a progress listener. Returns a function that removes it. */
  on(event: "progress", listener: (progress: UploadProgress) => void): () => void;
  /** Pauses sending until `resume`. At most one chunk of each file is sent again. */
  pause(): void;
  /** Continues after `pause`. */
  resume(): void;
  /** Ends the task with the code `ABORTED` and discards its uploads. */
  abort(): void;
  /** Returns the state as plain JSON. Pass it as `resumeFrom` to continue later, also after a restart. */
  state(): UploadState;
}

/** The progress of an upload. Counts can decrease: after a lost connection, some bytes are sent again. */
export interface UploadProgress {
  /** Index of the file, starting at 0. */
  readonly index: number;
  /** Name of the file. */
  readonly file: string;
  /** Bytes of the file that were sent. */
  readonly loaded: number;
  /** Size of the file in bytes. */
  readonly total: number;
  /** The same for all files of the task together. */
  readonly overall: { readonly loaded: number; readonly total: number };
}

/** The state of an upload task; `null` for a file whose upload is not reserved yet. */
export interface UploadState {
  readonly files: readonly (FileState | null)[];
}

/** The state of one file. */
export interface FileState {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly expiresAt: string;
  /** The id of the resumable upload, once it has started. */
  readonly uploadId?: string | undefined;
  /** Whether the file is uploaded and confirmed. */
  readonly done?: boolean | undefined;
}

/** The last argument of an operation that uploads. */
export interface UploadOptions extends Omit<CallOptions, "timeoutMs" | "maxRetries"> {
  /** Time limit in milliseconds for the whole task. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** How many times in a row a failed request is retried before the task fails. Default 6. */
  readonly maxRetries?: number | undefined;
  /** The `state()` of an earlier task with the same files. The upload continues from there. */
  readonly resumeFrom?: UploadState | undefined;
}
