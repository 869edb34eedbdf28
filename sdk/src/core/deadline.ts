import { OnSwiftError } from "./errors.ts";

/** One time limit and one abort signal for everything a call does. */
export interface Deadline {
  /** Aborted when the time is up or the caller's signal is aborted. */
  readonly signal: AbortSignal;
  /** Milliseconds left. */
  remaining(): number;
  /** Waits for `work`; rejects with `TIMEOUT` or `ABORTED` if the deadline ends first. */
  race<T>(work: Promise<T>): Promise<T>;
  sleep(ms: number): Promise<void>;
}

/** The longest delay a timer accepts; a longer one would fire at once. */
const longestTimer = 0x7fff_ffff;

/** Runs `work` with a deadline. Leaves no timer and no listener behind. */
export async function withDeadline<T>(
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const { signal: callerSignal, timeoutMs } = options;
  const controller = new AbortController();
  const endsAt = performance.now() + timeoutMs;

  // Read from the signals: the errors that runtimes throw on an abort name the cause only in their text.
  const failure = () =>
    callerSignal?.aborted
      ? new OnSwiftError({
          code: "ABORTED",
          message: "The call was aborted.",
          cause: callerSignal.reason,
        })
      : new OnSwiftError({
          code: "TIMEOUT",
          message: `The call did not finish within ${timeoutMs} ms.`,
        });

  const stop = () => controller.abort();
  const timer = timeoutMs <= longestTimer ? setTimeout(stop, Math.max(0, timeoutMs)) : undefined;
  callerSignal?.addEventListener("abort", stop, { once: true });
  if (callerSignal?.aborted) stop();

  const ended = new Promise<never>((_, reject) => {
    const rejectEnded = () => reject(failure());
    if (controller.signal.aborted) rejectEnded();
    else controller.signal.addEventListener("abort", rejectEnded, { once: true });
  });
  ended.catch(() => undefined);

  const race = <R>(promise: Promise<R>): Promise<R> => {
    promise.catch(() => undefined);
    return Promise.race([ended, promise]);
  };
  const pauses = new Set<ReturnType<typeof setTimeout>>();
  const sleep = (ms: number) =>
    race(
      new Promise<void>((wake) => {
        pauses.add(setTimeout(wake, ms));
      }),
    );

  try {
    await race(Promise.resolve());
    return await work({
      signal: controller.signal,
      remaining: () => endsAt - performance.now(),
      race,
      sleep,
    });
  } finally {
    clearTimeout(timer);
    for (const pause of pauses) clearTimeout(pause);
    callerSignal?.removeEventListener("abort", stop);
  }
}
