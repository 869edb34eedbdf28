import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall, listCall } from "./core/result.ts";
import type {
  Deliverable,
  DeliverableFilter,
  DeliverableHistory,
  DeliverableList,
  NewDeliverable,
  Resubmission,
} from "./types/deliverables.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import { checkSubmission } from "./upload/checks.ts";
import { type Run, uploadTask } from "./upload/task.ts";

/** Deliverables: a talent hands in work for a task, the project's creator approves it or sends it back. */
export class Deliverables {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Deliverables, newest first: a creator's over all their projects, a talent's own submissions.
   *
   * Errors: `VALIDATION_ERROR`.
   */
  list(
    filter: DeliverableFilter = {},
    options?: CallOptions,
  ): ListCall<DeliverableList, Deliverable> {
    const load = async (page = filter.page): Promise<DeliverableList> => {
      const args = { ...pick(filter, "status", "projectId", "page", "limit", "sort"), page };
      return this.#backend.run({ name: "list_deliverables", args, kind: "read" }, options);
    };
    return listCall(load, (page) => page.deliverables);
  }

  /**
   * One deliverable with every version, its files and what was said to it. Who submitted it, also after
   * leaving the team, and the project's creator.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  get(deliverableId: string, options?: CallOptions): Call<DeliverableHistory> {
    const args = { deliverableId };
    return call(() => this.#backend.run({ name: "get_deliverable", args, kind: "read" }, options));
  }

  /**
   * Uploads files and hands them in as work for a task. The talent the task is assigned to.
   *
   * Errors: `VALIDATION_ERROR` (also for a task that is not the caller's), `FILE_TOO_LARGE`,
   * `FILE_MISMATCH`, `FILE_INFECTED`, `TALENT_ONLY`, `FORBIDDEN`, `NOT_FOUND`, `INVALID_STATE` in a
   * completed project or while one of the caller's for this task is in revision, `RATE_LIMITED` after ten
   * batches of uploads in an hour, `CONFLICT` for a reused idempotency key.
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
      const { files, ...args } = pick(work, "projectId", "taskId", "title", "description", "files");
      const { projectId, taskId } = args;
      checkSubmission({ ...work, title: work.title ?? "" });
      return {
        target: { uploadType: "deliverable", projectId, taskId } as const,
        files: [...files],
        finish: (fileIds: readonly string[], run: Run) =>
          run<DeliverableHistory>("create_deliverable", { ...args, files: listed(fileIds) }),
      };
    };
    return uploadTask(this.#backend, prepare, options);
  }

  /**
   * Uploads files and answers a revision with the next version. Who submitted the deliverable, while the
   * task is assigned to them.
   *
   * Errors: those of {@link Deliverables.submit}; `INVALID_STATE` unless it is in revision and the project
   * open.
   */
  resubmit(
    deliverableId: string,
    work: Resubmission,
    options?: UploadOptions,
  ): UploadTask<DeliverableHistory> {
    const prepare = () => {
      const { files, ...args } = pick(work, "title", "description", "files");
      checkSubmission(work);
      return {
        target: { uploadType: "deliverable", deliverableId } as const,
        files: [...files],
        finish: (fileIds: readonly string[], run: Run) => {
          const all = { deliverableId, ...args, files: listed(fileIds) };
          return run<DeliverableHistory>("resubmit_deliverable", all);
        },
      };
    };
    return uploadTask(this.#backend, prepare, options);
  }

  /**
   * Approves a pending deliverable, for good. The project's creator only. The task stays where it is.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `INVALID_STATE` unless it is pending.
   */
  approve(deliverableId: string, options?: CallOptions): Call<DeliverableHistory> {
    return this.#decide({ deliverableId, action: "approve" }, options);
  }

  /**
   * Sends a pending deliverable back. The project's creator only, three times at most. `feedback`: what is
   * to change, 1 to 5,000 characters.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `VALIDATION_ERROR`, `MAX_REVISIONS_REACHED`, `INVALID_STATE` unless it
   * is pending.
   */
  requestRevision(
    deliverableId: string,
    feedback: string,
    options?: CallOptions,
  ): Call<DeliverableHistory> {
    return this.#decide({ deliverableId, action: "request_revision", feedback }, options);
  }

  /**
   * Deletes a deliverable with its files. Who submitted it, until it was first decided on; the project's
   * creator, until it is approved.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `INVALID_STATE`.
   */
  delete(deliverableId: string, options?: CallOptions): Call<null> {
    const args = { deliverableId };
    return call(() =>
      this.#backend.run({ name: "delete_deliverable", args, kind: "write" }, options),
    );
  }

  #decide(args: object, options?: CallOptions): Call<DeliverableHistory> {
    return call(() =>
      this.#backend.run({ name: "decide_deliverable", args, kind: "write" }, options),
    );
  }
}

const listed = (fileIds: readonly string[]) => fileIds.map((fileId) => ({ fileId }));
