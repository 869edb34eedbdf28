import { checkKey } from "../core/arguments.ts";
import type { Backend } from "../core/backend.ts";
import { type Deadline, withDeadline } from "../core/deadline.ts";
import { loaded } from "../core/loaded.ts";
import { call } from "../core/result.ts";
import { uuid } from "../core/uuid.ts";
import type { UploadTarget } from "../types/files.ts";
import type { UploadOptions, UploadProgress, UploadTask } from "../types/uploads.ts";
import type { Batch, UploadInput } from "./batch.ts";

/** What a task uploads, and what it does afterwards. */
export interface Plan<T> {
  readonly target: UploadTarget;
  readonly files: readonly UploadInput[];
  /** The other fields, which the backend checks before the upload. Without them, a plan without files is valid. */
  readonly fields?: object;
  /** Calls the operation that uses the files. `run` calls an operation of the backend as part of the task. */
  finish(fileIds: readonly string[], run: Run, deadline: Deadline): Promise<T>;
}

export type Run = <T>(name: string, args: object) => Promise<T>;

/** Starts an upload at once and returns its task. `prepare` checks the caller's input. */
export function uploadTask<T>(
  backend: Backend,
  prepare: () => Plan<T>,
  options: UploadOptions = {},
): UploadTask<T> {
  const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
  const listeners = new Set<(progress: UploadProgress) => void>();
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  let batch: Batch | undefined;
  let isPaused = false;

  const work = async (): Promise<T> => {
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    try {
      checkKey(options.idempotencyKey);
      const plan = prepare();
      return await withDeadline({ signal: stop.signal, timeoutMs }, async (deadline) => {
        // Apps start without most of the code of uploads.
        const { Batch } = await deadline.race(loaded(import("./batch.ts")));
        const files = new Batch(backend, plan, options, listeners);
        batch = files;
        if (isPaused) files.gate.pause();
        const fileIds = await files.upload(deadline);
        const run: Run = (name, args) => {
          // A file can be used only once, so the first file's id identifies the operation.
          const key = options.idempotencyKey ?? `${name}:${fileIds[0] ?? uuid()}`;
          return files.run(name, args, key, deadline);
        };
        return plan.finish(fileIds, run, deadline);
      });
    } finally {
      batch?.gate.end();
      signal?.removeEventListener("abort", abort);
      if (stop.signal.aborted) void batch?.discard();
    }
  };

  return Object.assign(call(work), {
    on(_event: "progress", listener: (progress: UploadProgress) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pause() {
      isPaused = true;
      batch?.gate.pause();
    },
    resume() {
      isPaused = false;
      batch?.gate.resume();
    },
    abort: () => stop.abort(),
    state: () => batch?.state() ?? options.resumeFrom ?? { files: [] },
  });
}
