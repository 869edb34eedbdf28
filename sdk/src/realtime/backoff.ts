/** Milliseconds to wait for the first, second … join after one that failed; the last for all that follow. */
const pauses = [250, 1_000, 2_000, 5_000, 10_000] as const;

/** A channel that was joined this long was joined well: what comes next is a first failure again. */
export const stableAfter = 5_000;

/** Jittered, so that clients that lost the same server do not all come back at the same moment. */
export function pauseBefore(failures: number): number {
  return (pauses[failures] ?? 10_000) * (0.5 + Math.random() / 2);
}
