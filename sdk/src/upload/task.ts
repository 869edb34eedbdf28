import type { Backend } from "../core/backend.ts";
import { type Deadline, withDeadline } from "../core/deadline.ts";
import { call } from "../core/result.ts";
import { uuid } from "../core/uuid.ts";
import type { UploadTarget } from "../types/files.ts";
import type { UploadOptions, UploadProgress, UploadTask } from "../types/uploads.ts";
import { Batch, type Given } from "./batch.ts";
import { Gate } from "./gate.ts";

/** What a task uploads, and what it does with that afterwards. */
export interface Plan<T> {
  readonly target: UploadTarget;
  readonly files: readonly Given[];
  /** The operation the files are for; `run` calls one of the backend as a part of the task. */
  finish(fileIds: readonly string[], run: Run, deadline: Deadline): Promise<T>;
}

export type Run = <T>(name: string, args: object) => Promise<T>;

/** Starts to upload at once, and gives what steers that. `prepare` looks at the caller's input. */
export function uploadTask<T>(
  backend: Backend,
  prepare: () => Plan<T>,
  options: UploadOptions = {},
): UploadTask<T> {
  const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
  const listeners = new Set<(progress: UploadProgress) => void>();
  const gate = new Gate();
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  let batch: Batch | undefined;

  const work = async (): Promise<T> => {
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    try {
      const plan = prepare();
      const files = new Batch(backend, gate, plan, options, listeners);
      batch = files;
      return await withDeadline({ signal: stop.signal, timeoutMs }, async (deadline) => {
        const fileIds = await files.deliver(deadline);
        const run: Run = (name, args) => {
          // A file is used once: the first one's id names the one operation that uses them all.
          const own = `${name}:${fileIds[0] ?? uuid()}`;
          return files.run(name, args, options.idempotencyKey ?? own, deadline);
        };
        return plan.finish(fileIds, run, deadline);
      });
    } finally {
      gate.end();
      signal?.removeEventListener("abort", abort);
      if (stop.signal.aborted) void batch?.giveUp();
    }
  };

  return Object.assign(call(work), {
    on(_event: "progress", listener: (progress: UploadProgress) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pause: () => gate.pause(),
    resume: () => gate.resume(),
    abort: () => stop.abort(),
    state: () => batch?.state() ?? options.resumeFrom ?? { files: [] },
  });
}
