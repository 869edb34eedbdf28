import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { type ListCall, numbered } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type {
  Deliverable,
  DeliverableFilter,
  DeliverableHistory,
  DeliverableList,
  NewDeliverable,
  Resubmission,
} from "./types/deliverables.ts";
import type { FileInput, UploadedFile } from "./types/files.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import { type Run, uploadTask } from "./upload/task.ts";

/** Deliverables: a talent submits work for a task; the project's creator approves it or requests a revision. */
export class Deliverables {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists deliverables, newest first unless `sort` is set: for a creator those of all their projects, for a
   * talent their own submissions.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   */
  list(
    filter: DeliverableFilter = {},
    options?: CallOptions,
  ): ListCall<DeliverableList, Deliverable> {
    const args = () => onlyKeys(filter, "status", "projectId", "taskId", "page", "limit", "sort");
    return this.#backend.list("list_deliverables", args, numbered(items), options);
  }

  /**
   * Returns one deliverable with every version, its files and its review.
   *
   * Requires: submitter (also after leaving the team) or project creator.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  get(deliverableId: string, options?: CallOptions): Call<DeliverableHistory> {
    return this.#backend.call("read", "get_deliverable", { deliverableId }, options);
  }

  /**
   * Uploads 1 to 10 files and submits them as work for a task.
   *
   * Requires: assignee of the task.
   * Errors: `VALIDATION_ERROR` (also for a task of another assignee), `FILE_TOO_LARGE`, `FILE_MISMATCH`,
   * `FILE_INFECTED`, `UPLOAD_MISSING`, `TALENT_ONLY`, `FORBIDDEN`, `NOT_FOUND`, `INVALID_STATE` (the project is
   * completed, or the caller's deliverable for this task is in revision), `RATE_LIMITED` (10 upload batches per
   * hour), `CONFLICT` (idempotency key used for another request).
   * @example
   * ```ts
   * const work = { projectId, taskId, title: "Rough cut", files: input.files };
   * const task = onswift.deliverables.submit(work);
   * task.on("progress", ({ overall }) => bar.set(overall.loaded / overall.total));
   * const { data, error } = await task;
   * ```
   */
  submit(work: NewDeliverable, options?: UploadOptions): UploadTask<DeliverableHistory> {
    const prepare = () => {
      const { files, ...args } = onlyKeys(
        work,
        "projectId",
        "taskId",
        "title",
        "description",
        "files",
      );
      const { projectId, taskId, ...fields } = args;
      return {
        target: { uploadType: "deliverable", projectId, taskId } as const,
        files: [...(files ?? [])],
        fields,
        finish: (fileIds: readonly string[], run: Run) =>
          run<DeliverableHistory>("submit_deliverable", { ...args, files: toFiles(fileIds) }),
      };
    };
    return uploadTask(this.#backend, prepare, options);
  }

  /**
   * Uploads 1 to 10 files and submits them as the next version of a deliverable in revision.
   *
   * Requires: submitter, while the task is assigned to them.
   * Errors: those of {@link Deliverables.submit}; `INVALID_STATE` (the deliverable is not in revision, or the
   * project is completed).
   */
  resubmit(
    deliverableId: string,
    work: Resubmission,
    options?: UploadOptions,
  ): UploadTask<DeliverableHistory> {
    const prepare = () => {
      const { files, ...fields } = onlyKeys(work, "title", "description", "files");
      return {
        target: { uploadType: "deliverable", deliverableId } as const,
        files: [...(files ?? [])],
        fields,
        finish: (fileIds: readonly string[], run: Run) => {
          const all = { deliverableId, ...fields, files: toFiles(fileIds) };
          return run<DeliverableHistory>("resubmit_deliverable", all);
        },
      };
    };
    return uploadTask(this.#backend, prepare, options);
  }

  /**
   * Uploads a file in place of one that the scan rejected (`scanStatus` `infected` or `failed`). Version and
   * revisions stay as they are.
   *
   * Requires: submitter, while the task is assigned to them.
   * Errors: those of {@link Deliverables.submit}; `INVALID_STATE` (the deliverable is not pending, the scan did not
   * reject the file, or the project is completed).
   * @example
   * ```ts
   * const rejected = deliverable.files.filter(({ scanStatus }) => scanStatus === "failed");
   * for (const { id } of rejected) await onswift.deliverables.replaceFile(deliverable.id, id, pick());
   * ```
   */
  replaceFile(
    deliverableId: string,
    fileId: string,
    file: FileInput | UploadedFile,
    options?: UploadOptions,
  ): UploadTask<DeliverableHistory> {
    const prepare = () => ({
      target: { uploadType: "deliverable", deliverableId } as const,
      files: [file],
      finish: ([newFileId]: readonly string[], run: Run) =>
        run<DeliverableHistory>("replace_file", { deliverableId, fileId, newFileId }),
    });
    return uploadTask(this.#backend, prepare, options);
  }

  /**
   * Approves a pending deliverable. This is final and does not change the status of the task.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `INVALID_STATE` (the deliverable is not pending).
   */
  approve(deliverableId: string, options?: CallOptions): Call<DeliverableHistory> {
    return this.#backend.call("write", "approve_deliverable", { deliverableId }, options);
  }

  /**
   * Requests a revision of a pending deliverable, at most 3 times. `feedback` describes what to change, in
   * 1 to 5,000 characters.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `MAX_REVISIONS_REACHED`, `NOT_FOUND`, `FORBIDDEN`, `INVALID_STATE` (the
   * deliverable is not pending).
   */
  requestRevision(
    deliverableId: string,
    feedback: string,
    options?: CallOptions,
  ): Call<DeliverableHistory> {
    const args = { deliverableId, feedback };
    return this.#backend.call("write", "request_revision", args, options);
  }

  /**
   * Deletes a deliverable and its files.
   *
   * Requires: submitter, before the first review; project creator, before the approval.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `INVALID_STATE` (already reviewed or approved).
   */
  delete(deliverableId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("write", "delete_deliverable", { deliverableId }, options);
  }
}

const toFiles = (fileIds: readonly string[]) => fileIds.map((fileId) => ({ fileId }));

const items = (page: DeliverableList) => page.deliverables;
