import { OnSwiftError } from "./errors.ts";

/** One time limit and one abort signal over everything a call does. */
export interface Deadline {
  /** Aborted when the time is up or the caller's own signal is. */
  readonly signal: AbortSignal;
  /** Milliseconds left. */
  remaining(): number;
  /** Waits for `work`, but not beyond the deadline: then it rejects with `TIMEOUT` or `ABORTED`. */
  race<T>(work: Promise<T>): Promise<T>;
  sleep(ms: number): Promise<void>;
}

/** The longest delay timers take; anything above would fire at once. */
const longestTimer = 0x7fff_ffff;

/** Runs `work` under a deadline and leaves neither timer nor listener behind. */
export async function withDeadline<T>(
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const { signal: callers, timeoutMs } = options;
  const controller = new AbortController();
  const ends = performance.now() + timeoutMs;

  // The cause is read from the signals themselves: what a runtime throws on an abort tells it only in words.
  const failure = () =>
    callers?.aborted
      ? new OnSwiftError({
          code: "ABORTED",
          message: "The call was aborted.",
          cause: callers.reason,
        })
      : new OnSwiftError({
          code: "TIMEOUT",
          message: `The call did not finish within ${timeoutMs} ms.`,
        });

  const stop = () => controller.abort();
  const timer = timeoutMs <= longestTimer ? setTimeout(stop, Math.max(0, timeoutMs)) : undefined;
  callers?.addEventListener("abort", stop, { once: true });
  if (callers?.aborted) stop();

  const over = new Promise<never>((_, reject) => {
    const tell = () => reject(failure());
    if (controller.signal.aborted) tell();
    else controller.signal.addEventListener("abort", tell, { once: true });
  });
  over.catch(() => undefined);

  const race = <R>(promise: Promise<R>): Promise<R> => {
    promise.catch(() => undefined);
    return Promise.race([over, promise]);
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
      remaining: () => ends - performance.now(),
      race,
      sleep,
    });
  } finally {
    clearTimeout(timer);
    for (const pause of pauses) clearTimeout(pause);
    callers?.removeEventListener("abort", stop);
  }
}
