import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { type ListCall, numbered } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type { NewSample, Sample, SampleFilter, SampleList } from "./types/samples.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import type { UploadInput } from "./upload/batch.ts";
import { type Run, uploadTask } from "./upload/task.ts";

/** Samples: reference links and files that a project's creator shares with the team. */
export class Samples {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists the samples of a project, oldest first unless `sort` is set.
   *
   * Requires: project creator or team member.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  list(
    projectId: string,
    filter: SampleFilter = {},
    options?: CallOptions,
  ): ListCall<SampleList, Sample> {
    const args = () => ({ projectId, ...onlyKeys(filter, "page", "limit", "sort") });
    return this.#backend.list("list_samples", args, numbered(items), options);
  }

  /**
   * Adds a link, or uploads a file and adds it. A project can have at most 20 samples. A file can have at most
   * 50 MB, a video 100 MB.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `INVALID_STATE` (the project has 20 samples),
   * `CONFLICT` (idempotency key used for another request); for files also `FILE_TOO_LARGE`, `FILE_MISMATCH`,
   * `FILE_INFECTED`, `UPLOAD_MISSING`, `RATE_LIMITED` (10 upload batches per hour).
   * @example
   * ```ts
   * await onswift.samples
   *   .add(projectId, { type: "link", name: "Mood board", url: "https://example.com/mood" })
   *   .orThrow();
   * ```
   */
  add(projectId: string, sample: NewSample, options?: UploadOptions): UploadTask<Sample> {
    const prepare = () => {
      const { file, ...args } = onlyKeys<AnySample>(
        sample,
        "type",
        "name",
        "url",
        "file",
        "description",
      );
      return {
        target: { uploadType: "sample", projectId } as const,
        files: file === undefined ? [] : [file],
        ...(file === undefined ? {} : { fields: args }),
        finish: ([fileId]: readonly string[], run: Run) =>
          run<Sample>("add_sample", { projectId, ...args, fileId }),
      };
    };
    return uploadTask(this.#backend, prepare, options);
  }

  /**
   * Deletes a sample and its file.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  delete(projectId: string, sampleId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("write", "delete_sample", { projectId, sampleId }, options);
  }
}

/** The fields of both kinds of sample. */
interface AnySample {
  readonly type: "link" | "file";
  readonly name: string;
  readonly url?: string | undefined;
  readonly file?: UploadInput | undefined;
  readonly description?: string | null | undefined;
}

const items = (page: SampleList) => page.samples;
