import { isOnSwiftError, type UploadTask } from "@onswift/sdk";
import { useEffect, useRef, useState } from "react";

export interface RunningUpload {
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  readonly loaded: number;
  readonly total: number;
  readonly error: unknown;
  pause(): void;
  resume(): void;
  abort(): void;
}

interface Progress {
  readonly loaded: number;
  readonly total: number;
}

/** Runs one upload at a time and follows its progress. It ends when the component leaves the screen. */
export function useUpload<Input, Output>(
  begin: (input: Input) => UploadTask<Output>,
  onDone: (output: Output) => unknown,
): RunningUpload & { start(input: Input): void } {
  const running = useRef<UploadTask<Output>>(undefined);
  const [progress, setProgress] = useState<Progress>();
  const [isPaused, setPaused] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => () => running.current?.abort(), []);

  const start = async (input: Input) => {
    const task = begin(input);
    running.current = task;
    setError(undefined);
    setPaused(false);
    setProgress({ loaded: 0, total: 0 });
    task.on("progress", ({ overall }) => setProgress(overall));
    const result = await task;
    running.current = undefined;
    setProgress(undefined);
    if (result.error === null) onDone(result.data);
    else if (!(isOnSwiftError(result.error) && result.error.code === "ABORTED"))
      setError(result.error);
  };

  return {
    start: (input) => void start(input),
    isRunning: progress !== undefined,
    isPaused,
    loaded: progress?.loaded ?? 0,
    total: progress?.total ?? 0,
    error,
    pause: () => {
      running.current?.pause();
      setPaused(true);
    },
    resume: () => {
      running.current?.resume();
      setPaused(false);
    },
    abort: () => running.current?.abort(),
  };
}
