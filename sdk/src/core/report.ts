/** Shows an error of the app's own code to whoever watches for uncaught ones, and lets the SDK go on. */
export function report(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else console.error(error);
}

/** Calls every listener, whatever becomes of the others. */
export function tellAll<Args extends readonly unknown[]>(
  listeners: Iterable<(...args: Args) => unknown>,
  ...args: Args
): void {
  // A copy: a listener may stop itself or another.
  for (const listener of [...listeners]) {
    try {
      // What an async listener rejects with is reported like what another throws.
      Promise.resolve(listener(...args)).catch(report);
    } catch (error) {
      report(error);
    }
  }
}
