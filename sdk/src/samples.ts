import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall, listCall } from "./core/result.ts";
import type { NewSample, Sample, SampleFilter, SampleList } from "./types/samples.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import type { Given } from "./upload/batch.ts";
import { type Run, uploadTask } from "./upload/task.ts";

/** Samples: what a project's creator shows the team as a reference, links and files. */
export class Samples {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * The samples of a project, oldest first. Its creator and its team.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `VALIDATION_ERROR`.
   */
  list(
    projectId: string,
    filter: SampleFilter = {},
    options?: CallOptions,
  ): ListCall<SampleList, Sample> {
    const load = async (page = filter.page): Promise<SampleList> => {
      const args = { projectId, ...pick(filter, "page", "limit", "sort"), page };
      return this.#backend.run({ name: "list_samples", args, kind: "read" }, options);
    };
    return listCall(load, (page) => page.samples);
  }

  /**
   * Adds a link, or uploads a file and adds that. The project's creator only; at most 20 a project.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `VALIDATION_ERROR`, `INVALID_STATE` for the twenty-first, `CONFLICT`
   * for a reused idempotency key; for files also `FILE_TOO_LARGE`, `FILE_MISMATCH`, `FILE_INFECTED`,
   * `RATE_LIMITED`.
   */
  add(projectId: string, sample: NewSample, options?: UploadOptions): UploadTask<Sample> {
    const prepare = () => {
      const { file, ...args } = pick<AnySample>(
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
        finish: ([fileId]: readonly string[], run: Run) =>
          run<Sample>("add_sample", { projectId, ...args, fileId }),
      };
    };
    return uploadTask(this.#backend, prepare, options);
  }

  /**
   * Deletes a sample, with its file. The project's creator only.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  delete(projectId: string, sampleId: string, options?: CallOptions): Call<null> {
    const args = { projectId, sampleId };
    return call(() => this.#backend.run({ name: "delete_sample", args, kind: "write" }, options));
  }
}

/** All that either kind of sample names. */
interface AnySample {
  readonly type: "link" | "file";
  readonly name: string;
  readonly url?: string | undefined;
  readonly file?: Given | undefined;
  readonly description?: string | null | undefined;
}
