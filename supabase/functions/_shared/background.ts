declare const EdgeRuntime: { waitUntil(work: Promise<unknown>): void } | undefined;

/** Keeps the function alive until `work` has ended. `onFailure` gets its error. */
export function inBackground(work: Promise<unknown>, onFailure: (error: unknown) => void): void {
  const watched = work.catch(onFailure);
  if (typeof EdgeRuntime !== "undefined") EdgeRuntime.waitUntil(watched);
}
