declare const EdgeRuntime: { waitUntil(work: Promise<unknown>): void } | undefined;

/** Keeps the function alive until `work` is done. What goes wrong there is told to `onFailure`. */
export function inBackground(work: Promise<unknown>, onFailure: (error: unknown) => void): void {
  const watched = work.catch(onFailure);
  if (typeof EdgeRuntime !== "undefined") EdgeRuntime.waitUntil(watched);
}
