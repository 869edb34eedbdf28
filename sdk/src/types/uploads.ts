import type { CallOptions } from "../core/options.ts";
import type { Call } from "../core/result.ts";

/**
 * An upload under way, together with the operation it is for. Like every call it starts at once, never
 * rejects and resolves to `{ data, error }`.
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
  /** Listens to the progress; what it returns stops that. */
  on(event: "progress", listener: (progress: UploadProgress) => void): () => void;
  /** Stops sending until `resume`. At most one chunk is sent again afterwards. */
  pause(): void;
  resume(): void;
  /** Ends the task with the code `ABORTED` and gives up what was reserved for it. */
  abort(): void;
  /** How far it is, as plain JSON: keep it, and another task takes up from there, also after a restart. */
  state(): UploadState;
}

/** A step of an upload. Counts can go back: what a dropped connection lost is sent again. */
export interface UploadProgress {
  /** Which of the files, from 0. */
  readonly index: number;
  /** Its name. */
  readonly file: string;
  /** Bytes of it that were sent. */
  readonly loaded: number;
  /** Its size. */
  readonly total: number;
  /** The same over all files of the task. */
  readonly overall: { readonly loaded: number; readonly total: number };
}

/** What a task knows about its files; `null` for one it has not reserved a place for yet. */
export interface UploadState {
  readonly files: readonly (FileState | null)[];
}

/** How far one file is. */
export interface FileState {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly expiresAt: string;
  /** The upload in chunks, once it has begun. */
  readonly uploadId?: string | undefined;
  /** Everything is there and confirmed. */
  readonly done?: boolean | undefined;
}

/** The last argument of an operation that uploads. */
export interface UploadOptions extends Omit<CallOptions, "timeoutMs" | "maxRetries"> {
  /** A deadline in milliseconds over the whole task. Default: none, large files take their time. */
  readonly timeoutMs?: number | undefined;
  /** How often in a row a part that fails is tried again before the task gives up. Default 6. */
  readonly maxRetries?: number | undefined;
  /** The `state()` of an earlier task with the same files: it goes on where that one stopped. */
  readonly resumeFrom?: UploadState | undefined;
}
