/** Milliseconds to wait after the first, second … failed join; the last value for all further ones. */
const pauses = [250, 1_000, 2_000, 5_000, 10_000] as const;

/** A channel that was joined for this many milliseconds is stable: its next failure counts as a first one. */
export const stableAfterMs = 5_000;

/** Returns the wait with jitter, so that clients that lost the same server do not rejoin all at once. */
export function pauseBefore(failures: number): number {
  return (pauses[failures] ?? 10_000) * (0.5 + Math.random() / 2);
}
