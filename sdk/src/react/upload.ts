import type { UseMutationResult } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { OnSwift } from "../client.ts";
import type { OnSwiftError } from "../core/errors.ts";
import type { Area } from "../queries/keys.ts";
import type { UploadTask } from "../types/uploads.ts";
import { type ActionOptions, useAction } from "./actions.ts";

/** How many bytes of all files were sent. */
export interface Sent {
  readonly loaded: number;
  readonly total: number;
}

/** The result of {@link useUpload}. */
export type Upload<Input, Output> = UseMutationResult<Output, OnSwiftError, Input> & {
  /** The bytes of all files together; `null` before the first ones are sent. */
  readonly progress: Sent | null;
  readonly isPaused: boolean;
  /** Pauses sending until `resume`. */
  pause(): void;
  /** Continues after `pause`. */
  resume(): void;
  /** Ends the upload with the code `ABORTED`. */
  abort(): void;
};

/**
 * A write that sends files: a {@link useAction} with progress that can be paused. It is aborted when the component leaves
 * the screen.
 *
 * @example
 * ```tsx
 * const submit = useUpload(
 *   (onswift, work: Submission) => onswift.deliverables.submit(work),
 *   ["deliverables", "tasks"],
 * );
 * submit.mutate({ projectId, taskId, title, files });
 * <progress value={submit.progress?.loaded} max={submit.progress?.total} />;
 * ```
 */
export function useUpload<Output, Input = void>(
  run: (onswift: OnSwift, input: Input) => UploadTask<Output>,
  changes: readonly Area[],
  options?: ActionOptions<Input, Output>,
): Upload<Input, Output> {
  const task = useRef<UploadTask<Output>>(undefined);
  const [progress, setProgress] = useState<Sent | null>(null);
  const [isPaused, setPaused] = useState(false);
  // Aborted when the component is gone. A mutation starts a moment after `mutate`, so an upload can start after that.
  const left = useRef<AbortController>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    left.current = controller;
    return () => controller.abort();
  }, []);
  const mutation = useAction(
    (onswift, input: Input) => {
      const started = run(onswift, input);
      task.current = started;
      const end = () => started.abort();
      if (left.current?.signal.aborted) end();
      else left.current?.signal.addEventListener("abort", end);
      setProgress(null);
      setPaused(false);
      started.on("progress", ({ overall }) => setProgress(overall));
      return started;
    },
    changes,
    options,
  );
  const pause = (now: boolean) => {
    task.current?.[now ? "pause" : "resume"]();
    setPaused(now);
  };
  return Object.assign({}, mutation, {
    progress,
    isPaused,
    pause: () => pause(true),
    resume: () => pause(false),
    abort: () => task.current?.abort(),
  });
}
